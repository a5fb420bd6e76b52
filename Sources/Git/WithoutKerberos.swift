// Stand-ins for Kerberos, of which Debian has no static archive: libgit2 asks for it only where a server offers "Negotiate".

/// What libgit2 calls first, and then no more: there are no mechanisms, so it goes on to the next way of signing in.
///
/// Public like the rest, and named by C, for libgit2's archive alone.
@_cdecl("gss_indicate_mechs") public func gssIndicateMechs() -> UInt32 { unavailable }
@_cdecl("gss_import_name") public func gssImportName() -> UInt32 { unavailable }
@_cdecl("gss_init_sec_context") public func gssInitSecContext() -> UInt32 { unavailable }
@_cdecl("gss_delete_sec_context") public func gssDeleteSecContext() -> UInt32 { unavailable }
@_cdecl("gss_display_status") public func gssDisplayStatus() -> UInt32 { unavailable }
@_cdecl("gss_release_buffer") public func gssReleaseBuffer() -> UInt32 { unavailable }
@_cdecl("gss_release_name") public func gssReleaseName() -> UInt32 { unavailable }
@_cdecl("gss_release_oid_set") public func gssReleaseOIDSet() -> UInt32 { unavailable }
/// A variable of Kerberos, which is passed on to `gss_import_name` and nowhere else.
@_cdecl("GSS_C_NT_HOSTBASED_SERVICE") public func gssHostBasedService() {}

/// GSS_S_UNAVAILABLE.
private var unavailable: UInt32 { 16 << 16 }
