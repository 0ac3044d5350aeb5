import CXLSXWriter

/// The version of the libxlsxwriter library that this process uses, such as `1.1.5`.
package var workbookLibraryVersion: String { String(cString: lxw_version()) }
