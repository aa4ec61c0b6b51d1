using Agency.Data;

namespace Agency.Operations.Clients;

/// <summary>A file of an export.</summary>
/// <param name="Path">Where it is in the zip.</param>
/// <param name="Count">Rows of a table; 1 for any other file.</param>
/// <param name="Sha256">Of its bytes, hexadecimal.</param>
internal sealed record ArchivedFile(string Path, long Count, string Sha256);

/// <summary>What an export holds.</summary>
/// <param name="Format">Of the export; it changes when readers must.</param>
/// <param name="Client">Whose it is.</param>
/// <param name="Name">The client's name.</param>
/// <param name="ExportId">As in the audit log.</param>
/// <param name="ExportedAt">When.</param>
/// <param name="SchemaVersion">The version of the tables.</param>
/// <param name="Files">All of them but this one.</param>
internal sealed record ClientManifest(
    int Format, CompanyId Client, string Name, Guid ExportId, DateTimeOffset ExportedAt, string? SchemaVersion, IReadOnlyList<ArchivedFile> Files);

/// <summary>Where an export can be fetched.</summary>
/// <param name="Client">Whose it is.</param>
/// <param name="ExportId">Names it in the audit log, with each download.</param>
/// <param name="Url">Opens without a token: whoever has it has all of the client's data.</param>
/// <param name="ExpiresAt">When it ends.</param>
internal sealed record ClientExport(CompanyId Client, Guid ExportId, string Url, DateTimeOffset ExpiresAt);

/// <summary>The rows of one table.</summary>
/// <param name="Table">The table.</param>
/// <param name="Before">How many there were.</param>
/// <param name="After">How many there are: 0.</param>
internal sealed record ErasedTable(string Table, long Before, long After);

/// <summary>A client that is gone.</summary>
/// <param name="Client">Its id; it may be used again.</param>
/// <param name="Tables">Every table that can hold something of a client, counted in the transaction that erased it.</param>
/// <param name="Rows">All rows together.</param>
/// <param name="AuditSeq">How many entries its audit chain had.</param>
/// <param name="AuditHash">The last one's SHA-256: proves an export of that chain.</param>
/// <param name="Left">What the agency cannot erase.</param>
internal sealed record ErasedClient(
    CompanyId Client, IReadOnlyList<ErasedTable> Tables, long Rows, long AuditSeq, string? AuditHash, string Left);
