import Foundation

/// A reader of C2SP tlog-tiles in Python's standard library, written from the specification alone.
package enum TilesReader {
    /// Prints the size and the root of the folder that it is given, and ends with status 1 if anything is not as specified.
    ///
    /// It goes by the checkpoint only: each tile and each file of entries that a log of its size has must be there, nothing
    /// else may be, and the hashes of every level must be those of the level below.
    package static let script = """
        import base64, hashlib, os, sys

        def sha(data):
            return hashlib.sha256(data).digest()

        def tree(hashes):
            if len(hashes) < 2:
                return hashes[0] if hashes else sha(b'')
            half = 1
            while 2 * half < len(hashes):
                half *= 2
            return sha(b'\\1' + tree(hashes[:half]) + tree(hashes[half:]))

        def number(n):
            words = ['%03d' % (n % 1000)]
            while n >= 1000:
                n //= 1000
                words.insert(0, 'x%03d' % (n % 1000))
            return '/'.join(words)

        def pieces(kind, count):
            for n in range((count + 255) // 256):
                width = min(256, count - 256 * n)
                name = f'tile/{kind}/{number(n)}' + ('' if width == 256 else f'.p/{width}')
                expected.add(name)
                yield open(name, 'rb').read(), width

        os.chdir(sys.argv[1])
        origin, size, root, *_ = open('checkpoint', encoding='utf-8').read().split('\\n')
        size, expected = int(size), {'checkpoint'}
        leaves = []
        for data, width in pieces('entries', size):
            for _ in range(width):
                length = int.from_bytes(data[:2], 'big')
                assert len(data) >= 2 + length, 'entries are cut short'
                leaves.append(sha(b'\\0' + data[2:2 + length]))
                data = data[2 + length:]
            assert not data, 'entries go on'
        level, row = 0, leaves
        while row:
            for n, (data, width) in enumerate(pieces(level, len(row))):
                assert data == b''.join(row[256 * n:256 * n + width]), f'tile {level} {n}'
            level, row = level + 1, [tree(row[at:at + 256]) for at in range(0, len(row) & ~255, 256)]
        found = {os.path.relpath(os.path.join(f, n), '.') for f, _, names in os.walk('.') for n in names}
        assert found == expected, found ^ expected
        assert base64.b64encode(tree(leaves)).decode() == root, 'root'
        print(size, root)
        """
}
