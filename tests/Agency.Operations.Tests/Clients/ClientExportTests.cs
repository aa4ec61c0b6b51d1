using System.Net;
using System.Security.Cryptography;
using System.Text;
using Agency.Operations.Clients;
using Agency.Testing;
using Microsoft.Extensions.DependencyInjection;

namespace Agency.Operations.Tests.Clients;

public sealed class ClientExportTests(OperationsFixture operations) : IClassFixture<OperationsFixture>
{
    [Fact]
    public async Task Export_HoldsEveryRowOfTheClientAndNoneOfAnother()
    {
        await ClientSeed.AddAsync(operations, "exported");
        await ClientSeed.AddAsync(operations, "neighbour");
        var counts = await StoredRows.CountAsync(operations.Database, "exported");
        Assert.DoesNotContain(counts, table => table.Value == 0);

        using var zip = await ExportedZip.DownloadAsync(operations, "exported");

        var manifest = zip.Json("manifest.json");
        Assert.Equal(("exported", "Name of exported"), (manifest.GetProperty("client").GetString(), manifest.GetProperty("name").GetString()));
        Assert.Equal(await operations.Database.ScalarAsync<string>("select max(migration_id) from agency.schema_history"), manifest.GetProperty("schema_version").GetString());
        var files = manifest.GetProperty("files").EnumerateArray().ToDictionary(f => f.GetProperty("path").GetString()!);
        Assert.Equal(zip.Paths.Where(p => p != "manifest.json").Order(), files.Keys.Order());
        foreach (var (path, file) in files)
        {
            Assert.Equal(Convert.ToHexStringLower(SHA256.HashData(zip.Bytes(path))), file.GetProperty("sha256").GetString());
        }

        foreach (var (table, count) in counts)
        {
            var rows = zip.Json($"tables/{table}.json");

            // Making the link was an entry more, and so was the download, which is written before it begins.
            var expected = table is "audit_log" ? count + 2 : count;
            Assert.Equal(expected, rows.GetArrayLength());
            Assert.Equal(expected, files[$"tables/{table}.json"].GetProperty("count").GetInt64());
            Assert.All(rows.EnumerateArray(), row => Assert.Equal("exported", row.GetProperty("company_id").GetString()));
        }

        Assert.DoesNotContain("neighbour", string.Concat(zip.Paths.Select(p => Encoding.UTF8.GetString(zip.Bytes(p)))), StringComparison.Ordinal);
        Assert.Equal(ClientRows.Memory, zip.Json("tables/memory.json")[0].GetProperty("text").GetString());
        var document = zip.Json("tables/document.json")[0];
        Assert.Equal("# Guide of exported", Encoding.UTF8.GetString(zip.Bytes($"documents/{document.GetProperty("document_id").GetString()}.md")));
        var report = zip.Json("tables/report.json")[0];
        Assert.Equal("# Report of exported", Encoding.UTF8.GetString(zip.Bytes($"reports/{report.GetProperty("report_id").GetString()}.md")));
        Assert.Equal(160, zip.Bytes($"reports/{report.GetProperty("report_id").GetString()}.pdf").Length);
        Assert.DoesNotContain(zip.Paths, p => p.Contains("..", StringComparison.Ordinal));
    }

    [Fact]
    public async Task Export_IsMadeByOperatorsAndEachDownloadIsInTheAuditLog()
    {
        await operations.Database.AddCompanyAsync("traced");
        (await operations.ViewerAsync("export_client", """{"client":"traced"}""")).IsFailure("forbidden", "may only read");
        (await operations.CompanyAsync("traced", "export_client", """{"client":"traced"}""")).IsFailure("forbidden", "operator");
        (await operations.OperatorAsync("export_client", """{"client":"nobody"}""")).IsFailure("not_found", "nobody");

        var export = await operations.OperatorAsync("export_client", """{"client":"traced"}""");
        await ExportedZip.GetAsync(operations, export.Of("url")!);

        var entries = (await operations.OperatorAsync("list_audit_log", """{"client":"traced","outcome":"done"}"""))["items"].EnumerateArray().ToList();
        Assert.Equal(["export_client.download", "export_client"], entries.Select(e => e.GetProperty("action").GetString()));
        Assert.All(entries, e => Assert.Equal($"export {export.Of("export_id")}", e.GetProperty("target").GetString()));
    }

    [Fact]
    public async Task Download_WithoutAGoodLink_IsNotFound()
    {
        await operations.Database.AddCompanyAsync("mine");
        await operations.Database.AddCompanyAsync("theirs");
        var url = (await operations.OperatorAsync("export_client", """{"client":"mine"}""")).Of("url")!;

        foreach (var bad in new[]
        {
            url.Replace("/mine/", "/theirs/", StringComparison.Ordinal), url.Split('?')[0], url[..^2] + "xx", url.Replace("expires=", "expires=9", StringComparison.Ordinal),
            url.Replace(".zip", ".json", StringComparison.Ordinal),
        })
        {
            Assert.Equal(HttpStatusCode.NotFound, (await ExportedZip.GetAsync(operations, bad)).StatusCode);
        }

        Assert.Equal(HttpStatusCode.OK, (await ExportedZip.GetAsync(operations, url)).StatusCode);
    }

    [Fact]
    public async Task Download_WhileAsManyAsMayBeAreWritten_IsPutOff()
    {
        await operations.Database.AddCompanyAsync("waits");
        var url = (await operations.OperatorAsync("export_client", """{"client":"waits"}""")).Of("url")!;
        var places = operations.Server.Services.GetRequiredService<ExportPlaces>();
        var taken = await Task.WhenAll(Enumerable.Range(0, ExportPlaces.Most).Select(_ => places.TakeAsync()));
        Assert.All(taken, Assert.NotNull);

        using var refused = await ExportedZip.GetAsync(operations, url);
        Assert.Equal((HttpStatusCode.TooManyRequests, TimeSpan.FromSeconds(10)), (refused.StatusCode, refused.Headers.RetryAfter?.Delta));

        taken[0]!.Dispose();
        using var given = await ExportedZip.GetAsync(operations, url);
        Assert.Equal(HttpStatusCode.OK, given.StatusCode);
        taken[1]!.Dispose();
    }
}
