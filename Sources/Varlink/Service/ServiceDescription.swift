/// What `org.varlink.service.GetInfo` says about a service, besides its interfaces.
public struct ServiceDescription: Hashable, Sendable {
    /// Who makes it.
    public var vendor: String
    /// Its name.
    public var product: String
    /// Its version.
    public var version: String
    /// Where to read about it.
    public var url: String

    /// A description with all its parts.
    public init(vendor: String, product: String, version: String, url: String) {
        self.vendor = vendor
        self.product = product
        self.version = version
        self.url = url
    }
}
