using System.IO.Compression;
using System.Net;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using Agency.Data;
using Agency.Data.Auditing;
using Agency.Operations.Clients;
using Agency.Testing;
using Microsoft.Extensions.DependencyInjection;

namespace Agency.Operations.Tests.Clients;

public sealed class ClientTests(OperationsFixture operations) : IClassFixture<OperationsFixture>
{
    private static CancellationToken Stop => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Export_HoldsEveryRowOfTheClientAndNoneOfAnother()
    {
        await ClientSeed.AddAsync(operations, "exported");
        await ClientSeed.AddAsync(operations, "neighbour");
        var counts = await CountsAsync("exported");
        Assert.DoesNotContain(counts, table => table.Value == 0);

        using var zip = await DownloadAsync("exported");

        var manifest = Json(zip, "manifest.json");
        Assert.Equal(("exported", "Name of exported"), (manifest.GetProperty("client").GetString(), manifest.GetProperty("name").GetString()));
        Assert.Equal(await operations.Database.ScalarAsync<string>("select max(migration_id) from agency.schema_history"), manifest.GetProperty("schema_version").GetString());
        var files = manifest.GetProperty("files").EnumerateArray().ToDictionary(f => f.GetProperty("path").GetString()!);
        Assert.Equal(zip.Entries.Select(e => e.FullName).Where(n => n != "manifest.json").Order(), files.Keys.Order());
        foreach (var (path, file) in files)
        {
            Assert.Equal(Convert.ToHexStringLower(SHA256.HashData(Bytes(zip, path))), file.GetProperty("sha256").GetString());
        }

        foreach (var (table, count) in counts)
        {
            var rows = Json(zip, $"tables/{table}.json");

            // Making the link was an entry more, and so was the download, which is written before it begins.
            var expected = table is "audit_log" ? count + 2 : count;
            Assert.Equal(expected, rows.GetArrayLength());
            Assert.Equal(expected, files[$"tables/{table}.json"].GetProperty("count").GetInt64());
            Assert.All(rows.EnumerateArray(), row => Assert.Equal("exported", row.GetProperty("company_id").GetString()));
        }

        Assert.DoesNotContain("neighbour", string.Concat(zip.Entries.Select(e => Encoding.UTF8.GetString(Bytes(zip, e.FullName)))), StringComparison.Ordinal);
        Assert.Equal(ClientRows.Memory, Json(zip, "tables/memory.json")[0].GetProperty("text").GetString());
        var document = Json(zip, "tables/document.json")[0];
        Assert.Equal("# Guide of exported", Encoding.UTF8.GetString(Bytes(zip, $"documents/{document.GetProperty("document_id").GetString()}.md")));
        var report = Json(zip, "tables/report.json")[0];
        Assert.Equal("# Report of exported", Encoding.UTF8.GetString(Bytes(zip, $"reports/{report.GetProperty("report_id").GetString()}.md")));
        Assert.Equal(160, Bytes(zip, $"reports/{report.GetProperty("report_id").GetString()}.pdf").Length);
        Assert.DoesNotContain(zip.Entries, e => e.FullName.Contains("..", StringComparison.Ordinal));
    }

    [Fact]
    public async Task Export_IsMadeByOperatorsAndEachDownloadIsInTheAuditLog()
    {
        await operations.Database.AddCompanyAsync("traced");
        (await operations.ViewerAsync("export_client", """{"client":"traced"}""")).IsFailure("forbidden", "may only read");
        (await operations.CompanyAsync("traced", "export_client", """{"client":"traced"}""")).IsFailure("forbidden", "operator");
        (await operations.OperatorAsync("export_client", """{"client":"nobody"}""")).IsFailure("not_found", "nobody");

        var export = await operations.OperatorAsync("export_client", """{"client":"traced"}""");
        await GetAsync(export.Of("url")!);

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
            Assert.Equal(HttpStatusCode.NotFound, (await GetAsync(bad)).StatusCode);
        }

        Assert.Equal(HttpStatusCode.OK, (await GetAsync(url)).StatusCode);
    }

    [Fact]
    public async Task Download_WhileAsManyAsMayBeAreWritten_IsPutOff()
    {
        await operations.Database.AddCompanyAsync("waits");
        var url = (await operations.OperatorAsync("export_client", """{"client":"waits"}""")).Of("url")!;
        var places = operations.Server.Services.GetRequiredService<ExportPlaces>();
        var taken = await Task.WhenAll(Enumerable.Range(0, ExportPlaces.Most).Select(_ => places.TakeAsync()));
        Assert.All(taken, Assert.NotNull);

        using var refused = await GetAsync(url);
        Assert.Equal((HttpStatusCode.TooManyRequests, TimeSpan.FromSeconds(10)), (refused.StatusCode, refused.Headers.RetryAfter?.Delta));

        taken[0]!.Dispose();
        using var given = await GetAsync(url);
        Assert.Equal(HttpStatusCode.OK, given.StatusCode);
        taken[1]!.Dispose();
    }

    [Fact]
    public async Task Erase_LeavesNoRowOfTheClientAndTouchesNoOther()
    {
        await ClientSeed.AddAsync(operations, "erased");
        await ClientSeed.AddAsync(operations, "staying");
        var own = (await operations.OperatorAsync("issue_token", """{"role":"company","client":"erased"}""")).Of("token_id")!;
        using var zip = await DownloadAsync("erased");
        var staying = await ContentAsync("staying");
        Assert.DoesNotContain(await CountsAsync("erased"), table => table.Value == 0);

        var erased = await operations.OperatorAsync("erase_client", """{"client":"erased","confirm":"erased"}""");

        var after = await CountsAsync("erased");
        Assert.All(after, table => Assert.Equal(0, table.Value));
        Assert.Equal(after.Keys.Order(), erased["tables"].EnumerateArray().Select(t => t.GetProperty("table").GetString()!).Order());
        Assert.All(erased["tables"].EnumerateArray(), t => Assert.True(t.GetProperty("before").GetInt64() > 0 && t.GetProperty("after").GetInt64() == 0, t.GetRawText()));
        Assert.Equal(staying, await ContentAsync("staying"));
        Assert.Equal(1, await operations.Database.ScalarAsync<long>("select count(*) from agency.revoked_token where token_id = $1", own));
        Assert.Equal("True", (await operations.OperatorAsync("verify_audit")).Of("unbroken"));

        // What is left says who, what and how much, and proves the exported chain up to where it was erased.
        var entry = (await operations.OperatorAsync("list_audit_log", """{"action":"erase_client","details":true}"""))["items"].EnumerateArray()
            .First(e => e.GetProperty("target").GetString() == "client erased");
        Assert.Equal(JsonValueKind.Null, entry.GetProperty("client").ValueKind);
        var (before, now) = (entry.GetProperty("before")[0], entry.GetProperty("after")[0]);
        Assert.Equal(erased.Of("audit_hash"), now.GetProperty("audit_hash").GetString());
        Assert.True(before.GetProperty("rows").GetProperty("memory").GetInt64() == 1 && now.GetProperty("rows").GetProperty("memory").GetInt64() == 0);
        var exported = Json(zip, "tables/audit_log.json").EnumerateArray().Select(Entry).ToList();
        Assert.Empty(Verify(exported));
        Assert.True(exported.Count < erased["audit_seq"].GetInt64());

        (await operations.OperatorAsync("erase_client", """{"client":"erased","confirm":"erased"}""")).IsFailure("not_found", "erased");
        await ClientSeed.AddAsync(operations, "erased");
        Assert.Equal("True", (await operations.OperatorAsync("verify_audit", """{"client":"erased"}""")).Of("unbroken"));
    }

    [Fact]
    public async Task Erase_ClientThatAnAppWasGranted_EndsTheGrant()
    {
        await ClientSeed.AddAsync(operations, "granted");
        await operations.Database.ExecuteAsync("""
            insert into agency.oauth_authorization (id, status) values ('of-granted', 'valid'), ('of-another', 'valid');
            update agency.issued_token set grant_id = 'of-granted' where company_id = 'granted';
            """);

        await operations.OperatorAsync("erase_client", """{"client":"granted","confirm":"granted"}""");

        Assert.Equal(
            "of-another valid, of-granted revoked",
            await operations.Database.ScalarAsync<string>("select string_agg(id || ' ' || status, ', ' order by id) from agency.oauth_authorization where id like 'of-%'"));
    }

    [Fact]
    public async Task Erase_WhileWorkExecutes_FreezesAndErasesNothing()
    {
        await ClientSeed.AddAsync(operations, "working");
        await operations.Database.ExecuteAsync("update agency.run set status = 'running', lease_owner = 'x', lease_until = now() where company_id = 'working'");
        var erasing = operations.OperatorAsync("erase_client", """{"client":"working","confirm":"working"}""");

        // The scheduler stops what executes as soon as the client is frozen; then erasing goes on.
        await Eventually.TrueAsync(
            () => operations.Database.ScalarAsync<long>("select count(*) from agency.work_hold where company_id = 'working' and kind = 'freeze'"), n => n == 1, TimeSpan.FromSeconds(30));
        Assert.Equal(2, (await CountsAsync("working"))["run"]);
        var refusal = await Assert.ThrowsAsync<Npgsql.PostgresException>(() => operations.Database.ExecuteAsync("select agency.erase_client('working')"));
        Assert.Equal(Npgsql.PostgresErrorCodes.ObjectInUse, refusal.SqlState);
        await operations.Database.ExecuteAsync("update agency.run set status = 'queued', lease_owner = null, lease_until = null where company_id = 'working'");

        Assert.Equal("working", (await erasing).Of("client"));
        Assert.All(await CountsAsync("working"), table => Assert.Equal(0, table.Value));
    }

    [Fact]
    public async Task Erase_WhileAClaimIsBeingMade_WaitsForItAndSeesWhatItStarted()
    {
        await ClientSeed.AddAsync(operations, "claimed");
        await using var scheduler = new Npgsql.NpgsqlConnection(operations.Database.ConnectionString("scheduler_agency"));
        await scheduler.OpenAsync(Stop);
        await using var claim = await scheduler.BeginTransactionAsync(Stop);
        await using (var command = new Npgsql.NpgsqlCommand(
            """
            select pg_advisory_xact_lock(hashtext('agency claim'));
            update agency.run set status = 'running', lease_owner = 'x', lease_until = now() where company_id = 'claimed';
            """,
            scheduler))
        {
            await command.ExecuteNonQueryAsync(Stop);
        }

        var erasing = operations.OperatorAsync("erase_client", """{"client":"claimed","confirm":"claimed"}""");
        await Waiting.ForLockAsync(operations.Database, "advisory", waiters: 1);
        await claim.CommitAsync(Stop);

        // It executes now, and the scheduler ends it because of the freeze.
        Assert.Equal(2, (await CountsAsync("claimed"))["run"]);
        await operations.Database.ExecuteAsync("update agency.run set status = 'queued', lease_owner = null, lease_until = null where company_id = 'claimed'");
        Assert.Equal("claimed", (await erasing).Of("client"));
    }

    [Theory]
    [InlineData("""{"client":"kept","confirm":"Kept"}""", "invalid", "exactly")]
    [InlineData("""{"client":"kept","confirm":"yes"}""", "invalid", "Nothing was changed")]
    [InlineData("""{"client":"kept"}""", "invalid", "confirm")]
    [InlineData("""{"client":"nobody","confirm":"nobody"}""", "not_found", "nobody")]
    public async Task Erase_AskedWrongly_ChangesNothing(string arguments, string kind, string says)
    {
        await operations.Database.AddCompanyAsync("kept");
        (await operations.OperatorAsync("erase_client", arguments)).IsFailure(kind, says);
        (await operations.CompanyAsync("kept", "erase_client", """{"client":"kept","confirm":"kept"}""")).IsFailure("forbidden", "operator");
        Assert.Equal(0, await operations.Database.ScalarAsync<long>("select count(*) from agency.work_hold where company_id = 'kept'"));
        Assert.Equal(1, (await CountsAsync("kept"))["company"]);
    }

    [Fact]
    public async Task Archive_ByOtherLogins_IsClosed()
    {
        foreach (var login in new[] { "operations_tenant", "context_agency", "context_tenant", "health_agency", "scheduler_agency" })
        {
            foreach (var sql in new[] { "select agency.export_rows('a', 'memory')", "select agency.erase_client('a')" })
            {
                await using var connection = new Npgsql.NpgsqlConnection(operations.Database.ConnectionString(login));
                await connection.OpenAsync(Stop);
                await using var command = new Npgsql.NpgsqlCommand(sql, connection);
                var refusal = await Assert.ThrowsAsync<Npgsql.PostgresException>(() => command.ExecuteNonQueryAsync(Stop));
                Assert.Equal(Npgsql.PostgresErrorCodes.InsufficientPrivilege, refusal.SqlState);
            }
        }
    }

    /// <summary>By the superuser, of every table of the schema that has a company_id: a new one that nothing here fills or erases is noticed.</summary>
    private async Task<Dictionary<string, long>> CountsAsync(string client)
    {
        var counts = new Dictionary<string, long>();
        foreach (var table in await TablesAsync())
        {
            counts[table] = await operations.Database.ScalarAsync<long>($"select count(*) from agency.{table} where company_id = $1", client);
        }

        return counts;
    }

    /// <summary>Every row as text, and where it lies: a row that was written again would lie elsewhere.</summary>
    private async Task<string> ContentAsync(string client)
    {
        var content = new StringBuilder();
        foreach (var table in await TablesAsync())
        {
            content.AppendLine(await operations.Database.ScalarAsync<string>(
                $"select '{table}: ' || coalesce(string_agg(t.ctid::text || md5(t::text), ' ' order by t.ctid), '') from agency.{table} t where company_id = $1", client));
        }

        return content.ToString();
    }

    private async Task<string[]> TablesAsync() => (await operations.Database.ScalarAsync<string[]>("""
        select array_agg(c.table_name::text order by c.table_name) from information_schema.columns c join information_schema.tables t using (table_schema, table_name)
        where c.table_schema = 'agency' and c.column_name = 'company_id' and t.table_type = 'BASE TABLE'
        """))!;

    private async Task<ZipArchive> DownloadAsync(string client)
    {
        var export = await operations.OperatorAsync("export_client", $$"""{"client":"{{client}}"}""");
        var response = await GetAsync(export.Of("url")!);
        Assert.Equal((HttpStatusCode.OK, "application/zip"), (response.StatusCode, response.Content.Headers.ContentType?.MediaType));
        return new ZipArchive(await response.Content.ReadAsStreamAsync(Stop), ZipArchiveMode.Read);
    }

    private async Task<HttpResponseMessage> GetAsync(string url)
    {
        using var http = new HttpClient();
        return await http.GetAsync(new Uri(operations.Server.Address, new Uri(url).PathAndQuery), Stop);
    }

    private static byte[] Bytes(ZipArchive zip, string path)
    {
        using var stream = (zip.GetEntry(path) ?? throw new InvalidOperationException($"No {path}.")).Open();
        using var bytes = new MemoryStream();
        stream.CopyTo(bytes);
        return bytes.ToArray();
    }

    private static JsonElement Json(ZipArchive zip, string path) => JsonElement.Parse(Bytes(zip, path));

    private static IReadOnlyList<Operations.Audit.ChainProblem> Verify(List<AuditEntry> entries)
    {
        var check = new Operations.Audit.ChainCheck(entries[0].CompanyId);
        entries.ForEach(check.Add);
        return check.End(new AuditHead { Chain = entries[^1].Chain, Seq = entries[^1].Seq, Hash = entries[^1].Hash });
    }

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
