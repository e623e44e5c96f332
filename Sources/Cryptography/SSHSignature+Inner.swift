extension SSHSignature {
    /// The signature proper, of the kind that belongs to its key.
    struct Inner: Sendable {
        /// As it was read.
        let blob: [UInt8]
        /// As libcrypto takes it.
        let value: [UInt8]
        /// The hash of the scheme; nil for Ed25519.
        let hash: String?
        /// What a security key adds: a byte of flags and a counter.
        let flags: UInt8?
        let counter: UInt32

        /// Reads a signature and refuses those that do not belong to the key, such as SHA-1 with RSA.
        init(_ blob: [UInt8], for key: SSHPublicKey) throws(SSHFault) {
            var reader = SSHReader(blob)
            let type = try reader.string()
            let bytes = try reader.string()
            self.blob = blob
            switch key.material {
            case .ed25519:
                try Self.check(type, is: key.algorithm.rawValue)
                guard bytes.count == 64 else { throw SSHFault(.malformedSignature) }
                (value, hash) = (bytes, nil)
            case .ecdsa(let curve, _, _):
                try Self.check(type, is: key.algorithm.rawValue)
                (value, hash) = (try Self.der(bytes, curve), curve.hash)
            case .rsa(let modulus, _):
                hash = try Self.rsaHash(type)
                let length = modulus.drop { $0 == 0 }.count
                guard bytes.count <= length else { throw SSHFault(.malformedSignature) }
                // Some agents drop leading zeros; OpenSSH puts them back, and so do we.
                value = [UInt8](repeating: 0, count: length - bytes.count) + bytes
            }
            if key.material.application != nil {
                flags = try reader.byte()
                counter = try reader.word()
            } else {
                (flags, counter) = (nil, 0)
            }
            try reader.end()
        }

        /// An Ed25519 signature made here.
        init(ed25519 signature: [UInt8]) {
            var writer = SSHWriter()
            writer.string(SSHPublicKey.Algorithm.ed25519.rawValue)
            writer.string(signature)
            (blob, value, hash, flags, counter) = (writer.bytes, signature, nil, nil, 0)
        }

        func verify(_ signed: [UInt8], by key: SSHPublicKey) throws(SSHFault) {
            let message = try signedBySecurityKey(signed, key.material.application)
            let verifies: Bool
            switch key.material {
            case .ed25519(let key, _):
                guard !key.isLowOrder else { throw SSHFault(.lowOrderKey) }
                verifies = key.verifies(signature: value, message: message)
            case .ecdsa(let curve, let point, _):
                guard let handle = KeyHandle(group: curve.group, point: point) else { throw SSHFault(.malformedKey) }
                verifies = handle.verifies(value, over: message, hash: hash)
            case .rsa(let modulus, let exponent):
                try SSHPublicKey.Material.checkRSA(modulus: modulus, exponent: exponent)
                guard let handle = KeyHandle(modulus: modulus, exponent: exponent) else {
                    throw SSHFault(.malformedKey)
                }
                verifies = handle.verifies(value, over: message, hash: hash)
            }
            guard verifies else { throw SSHFault(.badSignature) }
            // After the signature, so that the flag is known to be the security key's own word.
            if let flags, flags & 0x01 == 0 { throw SSHFault(.userPresence) }
        }

        /// What a security key really signs: digests around its flags and counter (OpenSSH PROTOCOL.u2f).
        private func signedBySecurityKey(_ signed: [UInt8], _ application: [UInt8]?) throws(SSHFault) -> [UInt8] {
            guard let application, let flags else { return signed }
            var writer = SSHWriter()
            writer.raw(Digest.sha256(application).bytes)
            writer.byte(flags)
            writer.word(counter)
            writer.raw(Digest.sha256(signed).bytes)
            return writer.bytes
        }

        private static func check(_ type: [UInt8], is name: String) throws(SSHFault) {
            if type.elementsEqual(name.utf8) { return }
            let isWebAuthn = type.starts(with: "webauthn-".utf8)
            throw SSHFault(isWebAuthn ? .unsupportedType : .signatureType)
        }

        private static func rsaHash(_ type: [UInt8]) throws(SSHFault) -> String {
            switch type {
            case [UInt8]("rsa-sha2-256".utf8): return "SHA256"
            case [UInt8]("rsa-sha2-512".utf8): return "SHA512"
            default: throw SSHFault(.signatureType)
            }
        }

        /// Two `mpint`s as the DER sequence of two integers that libcrypto takes; their contents are the same bytes.
        private static func der(_ bytes: [UInt8], _ curve: SSHPublicKey.NISTCurve) throws(SSHFault) -> [UInt8] {
            var reader = SSHReader(bytes)
            var content: [UInt8] = []
            for _ in 0..<2 {
                let number = try reader.positive(atMost: curve.byteCount, else: .malformedSignature)
                content.append(0x02)
                content.append(UInt8(number.count))
                content.append(contentsOf: number)
            }
            try reader.end()
            // From 128 bytes on, which P-521 reaches, a length takes a second byte.
            let length = content.count < 0x80 ? [UInt8(content.count)] : [0x81, UInt8(content.count)]
            return [0x30] + length + content
        }
    }
}
