/// The files that every bundle carries, so that it can be checked without this program.
public enum BundleResources {
    /// `verify.py`: checks an unpacked bundle with Python's standard library.
    public static var verifyScript: [UInt8] { PackageResources.verify_py }
    /// `check.py`: the links, the numbers and the root in 60 lines, for who would rather read than trust.
    public static var checkScript: [UInt8] { PackageResources.check_py }
    /// `README.txt`: what the files are, and how they are checked.
    public static var readme: [UInt8] { PackageResources.README_txt }
}
