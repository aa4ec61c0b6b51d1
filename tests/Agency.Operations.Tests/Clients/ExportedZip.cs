using System.IO.Compression;
using System.Net;
using System.Text.Json;
using Agency.Data;
using Agency.Data.Auditing;

namespace Agency.Operations.Tests.Clients;

/// <summary>A client's export, downloaded as an operator does it.</summary>
internal sealed class ExportedZip(ZipArchive zip) : IDisposable
{
    private static CancellationToken Stop => TestContext.Current.CancellationToken;

    public IEnumerable<string> Paths => zip.Entries.Select(e => e.FullName);

    public static async Task<ExportedZip> DownloadAsync(OperationsFixture operations, string client)
    {
        var export = await operations.OperatorAsync("export_client", $$"""{"client":"{{client}}"}""");
        var response = await GetAsync(operations, export.Of("url")!);
        Assert.Equal((HttpStatusCode.OK, "application/zip"), (response.StatusCode, response.Content.Headers.ContentType?.MediaType));
        return new ExportedZip(new ZipArchive(await response.Content.ReadAsStreamAsync(Stop), ZipArchiveMode.Read));
    }

    public static async Task<HttpResponseMessage> GetAsync(OperationsFixture operations, string url)
    {
        using var http = new HttpClient();
        return await http.GetAsync(new Uri(operations.Server.Address, new Uri(url).PathAndQuery), Stop);
    }

    public byte[] Bytes(string path)
    {
        using var stream = (zip.GetEntry(path) ?? throw new InvalidOperationException($"No {path}.")).Open();
        using var bytes = new MemoryStream();
        stream.CopyTo(bytes);
        return bytes.ToArray();
    }

    public JsonElement Json(string path) => JsonElement.Parse(Bytes(path));

    public IReadOnlyList<AuditEntry> AuditEntries() => [.. Json("tables/audit_log.json").EnumerateArray().Select(Entry)];

    public void Dispose() => zip.Dispose();

    private static AuditEntry Entry(JsonElement row)
    {
        return new AuditEntry
        {
            Chain = Text("chain")!,
            Seq = row.GetProperty("seq").GetInt64(),
            CompanyId = new CompanyId(Text("company_id")!),
            At = row.GetProperty("at").GetDateTimeOffset(),
            Actor = Text("actor")!,
            Role = Text("role")!,
            TokenId = Text("token_id"),
            Server = Text("server")!,
            Action = Text("action")!,
            Target = Text("target"),
            Outcome = Text("outcome")!,
            Arguments = Text("arguments"),
            Before = Text("before"),
            After = Text("after"),
            Error = Text("error"),
            TraceId = Text("trace_id"),
            PreviousHash = Convert.FromHexString(Text("previous_hash")!),
            Hash = Convert.FromHexString(Text("hash")!),
        };

        string? Text(string name) => row.GetProperty(name).GetString();
    }
}
