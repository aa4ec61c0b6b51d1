using System.Data;
using System.IO.Compression;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using Agency.Data;
using Agency.Data.Auditing;
using Agency.Data.Tenancy;
using Npgsql;

namespace Agency.Operations.Clients;

/// <summary>
/// Writes all that there is of a client as a zip: <c>tables/NAME.json</c> for each table, an array with a row a line in the order of its key; the documents and
/// reports as files; last <c>manifest.json</c>, which has every file's count and SHA-256. All of it from one snapshot of the database, row by row: nothing of it
/// is held or kept.
/// </summary>
internal sealed class ClientArchive(AgencyDatabase database, TimeProvider time)
{
    private const int Format = 1;

    private static readonly byte[] NewLine = "\n"u8.ToArray();

    private static readonly JsonSerializerOptions Indented = new(ServiceDefaults.Mcp.AgencyJson.Options) { WriteIndented = true };

    /// <param name="company">The client.</param>
    /// <param name="export">The export's id.</param>
    /// <param name="output">Takes the zip.</param>
    /// <param name="entry">Written to the audit log before anything else; without it nothing is written.</param>
    /// <param name="begin">Called before the first byte.</param>
    /// <param name="cancellationToken">Ends the writing.</param>
    /// <returns>False when there is no such client: then nothing is written.</returns>
    public async Task<bool> WriteAsync(CompanyId company, Guid export, Stream output, AuditRecord entry, Action begin, CancellationToken cancellationToken)
    {
        await using var connection = await database.OpenAgencyConnectionAsync(cancellationToken);
        if (await ScalarAsync<string>(connection, "select company_id from agency.company where company_id = $1", cancellationToken, company.Value) is null)
        {
            return false;
        }

        await using (var append = entry.Command(connection, transaction: null))
        {
            await append.ExecuteNonQueryAsync(cancellationToken);
        }

        await using var snapshot = await connection.BeginTransactionAsync(IsolationLevel.RepeatableRead, cancellationToken);
        if (await ScalarAsync<string>(connection, "select name from agency.company where company_id = $1", cancellationToken, company.Value) is not { } name)
        {
            return false;
        }

        var tables = await TablesAsync(connection, cancellationToken);
        var schema = await ScalarAsync<string>(connection, "select agency.schema_version()", cancellationToken);
        begin();
        var now = time.Now();
        var files = new List<ArchivedFile>();
        await using var zip = await ZipArchive.CreateAsync(output, ZipArchiveMode.Create, leaveOpen: true, Encoding.UTF8, cancellationToken);
        foreach (var table in tables)
        {
            files.Add(await AddAsync(zip, $"tables/{table}.json", now, stream => WriteTableAsync(connection, company, table, stream, cancellationToken), cancellationToken));
        }

        await foreach (var (path, content) in FilesAsync(connection, company, cancellationToken))
        {
            files.Add(await AddAsync(zip, path, now, async stream =>
            {
                await stream.WriteAsync(content, cancellationToken);
                return 1;
            }, cancellationToken));
        }

        var manifest = new ClientManifest(Format, company, name, export, now, schema, files);
        await AddAsync(zip, "manifest.json", now, async stream =>
        {
            await stream.WriteAsync(JsonSerializer.SerializeToUtf8Bytes(manifest, Indented), cancellationToken);
            return 1;
        }, cancellationToken);
        return true;
    }

    private static async Task<ArchivedFile> AddAsync(
        ZipArchive zip, string path, DateTimeOffset at, Func<Stream, Task<long>> write, CancellationToken cancellationToken)
    {
        var entry = zip.CreateEntry(path);
        entry.LastWriteTime = at;
        using var hash = SHA256.Create();
        long count;
        await using (var stream = await entry.OpenAsync(cancellationToken))
        await using (var hashing = new CryptoStream(stream, hash, CryptoStreamMode.Write))
        {
            count = await write(hashing);
            await hashing.FlushFinalBlockAsync(cancellationToken);
        }

        return new ArchivedFile(path, count, Convert.ToHexStringLower(hash.Hash!));
    }

    private static async Task<long> WriteTableAsync(NpgsqlConnection connection, CompanyId company, string table, Stream stream, CancellationToken cancellationToken)
    {
        var count = 0L;
        await stream.WriteAsync("["u8.ToArray(), cancellationToken);
        await foreach (var row in RowsAsync(connection, company, table, cancellationToken))
        {
            await stream.WriteAsync(count++ == 0 ? NewLine : ",\n"u8.ToArray(), cancellationToken);
            await stream.WriteAsync(Encoding.UTF8.GetBytes(row), cancellationToken);
        }

        await stream.WriteAsync("\n]\n"u8.ToArray(), cancellationToken);
        return count;
    }

    /// <summary>Named by their ids: what a client called them is no path.</summary>
    private static async IAsyncEnumerable<(string Path, ReadOnlyMemory<byte> Content)> FilesAsync(
        NpgsqlConnection connection, CompanyId company, [System.Runtime.CompilerServices.EnumeratorCancellation] CancellationToken cancellationToken)
    {
        await foreach (var row in RowsAsync(connection, company, "document", cancellationToken))
        {
            using var document = JsonDocument.Parse(row);
            var root = document.RootElement;
            var extension = root.GetProperty("media_type").GetString() == "text/markdown" ? ".md" : ".txt";
            yield return ($"documents/{root.GetProperty("document_id").GetString()}{extension}", Encoding.UTF8.GetBytes(root.GetProperty("content").GetString()!));
        }

        await using var command = new NpgsqlCommand("select report_id, pdf, markdown from agency.report where company_id = $1 order by report_id", connection)
        {
            Parameters = { new() { Value = company.Value } },
        };
        await using var reader = await command.ExecuteReaderAsync(CommandBehavior.SequentialAccess, cancellationToken);
        while (await reader.ReadAsync(cancellationToken))
        {
            var id = reader.GetGuid(0);
            yield return ($"reports/{id:D}.pdf", reader.GetFieldValue<byte[]>(1));
            yield return ($"reports/{id:D}.md", Encoding.UTF8.GetBytes(reader.GetString(2)));
        }
    }

    private static async IAsyncEnumerable<string> RowsAsync(
        NpgsqlConnection connection, CompanyId company, string table, [System.Runtime.CompilerServices.EnumeratorCancellation] CancellationToken cancellationToken)
    {
        await using var command = new NpgsqlCommand("select r from agency.export_rows($1, $2) r", connection)
        {
            Parameters = { new() { Value = company.Value }, new() { Value = table } },
            CommandTimeout = 0,
        };
        await using var reader = await command.ExecuteReaderAsync(CommandBehavior.SequentialAccess, cancellationToken);
        while (await reader.ReadAsync(cancellationToken))
        {
            yield return reader.GetString(0);
        }
    }

    private static async Task<List<string>> TablesAsync(NpgsqlConnection connection, CancellationToken cancellationToken)
    {
        var tables = new List<string>();
        await using var command = new NpgsqlCommand("select t from agency.client_tables() t", connection);
        await using var reader = await command.ExecuteReaderAsync(cancellationToken);
        while (await reader.ReadAsync(cancellationToken))
        {
            tables.Add(reader.GetString(0));
        }

        return [.. tables.Order(StringComparer.Ordinal)];
    }

    private static async Task<T?> ScalarAsync<T>(NpgsqlConnection connection, string sql, CancellationToken cancellationToken, params object[] parameters)
        where T : class
    {
        await using var command = new NpgsqlCommand(sql, connection);
        foreach (var parameter in parameters)
        {
            command.Parameters.AddWithValue(parameter);
        }

        return await command.ExecuteScalarAsync(cancellationToken) as T;
    }
}
