import CYAML

/// The version of the libyaml library that this process uses, such as `0.2.5`.
package var yamlLibraryVersion: String { String(cString: yaml_get_version_string()) }
