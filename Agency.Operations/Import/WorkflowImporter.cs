using System.Text.Json.Nodes;
using Agency.Data;
using Agency.Data.Auditing;
using Agency.Data.Companies;
using Agency.Operations.Registry;
using Agency.ServiceDefaults.Identity;
using Agency.ServiceDefaults.WakeUps;
using Microsoft.EntityFrameworkCore;
using Npgsql;

namespace Agency.Operations.Import;

/// <summary>Writes a file of workflows, whole or not at all.</summary>
internal sealed class WorkflowImporter(SopCatalogue sops, IWakeUps wakeUps, TimeProvider time)
{
    private const int ShownProblems = 50;

    /// <param name="context">Sees what the importing party may see.</param>
    /// <param name="boundTo">The only client whose workflows may be written; null for the agency's own people.</param>
    /// <param name="content">The file.</param>
    /// <param name="mode">What is done with ids that are there.</param>
    /// <param name="by">Who imports, for the history.</param>
    /// <param name="cancellationToken">Ends the work with nothing written.</param>
    public async Task<Result<ImportOutcome>> ImportAsync(
        AgencyDbContext context, CompanyId? boundTo, string content, ImportMode mode, string by, CancellationToken cancellationToken)
    {
        var file = WorkflowFileReader.Read(content);
        var problems = file.Problems.ToList();
        problems.AddRange(file.Entries.Where(e => boundTo is { } own && e.Client != own)
            .Select(e => new ImportProblem(e.Position, "client", CompanyResolution.UnknownCompany(e.Client.Value).Message)));
        if (problems.Count > 0)
        {
            return Refusal(problems);
        }

        await using var transaction = await context.Database.BeginTransactionAsync(cancellationToken);

        // One import at a time: two replicas start with the same file.
        await context.Database.ExecuteSqlAsync($"select pg_advisory_xact_lock(hashtext('agency workflow import'))", cancellationToken);
        var work = new ImportWork(context, mode, by, time.Now());
        try
        {
            var entries = await ReadClientsAsync(work, file.Entries, passOverErased: mode is ImportMode.AddNew, cancellationToken);
            await CreateClientsAsync(work, entries, boundTo, cancellationToken);
            await ReadCalendarsAsync(work, entries, cancellationToken);
            foreach (var entry in entries)
            {
                if (await work.WriteAsync(entry, cancellationToken) is { } problem)
                {
                    problems.Add(problem);
                }
            }

            if (problems.Count > 0)
            {
                return Refusal(problems);
            }

            await work.SaveAsync(cancellationToken);
            await transaction.CommitAsync(cancellationToken);
        }
        catch (DbUpdateException e) when (e.InnerException is PostgresException { SqlState: PostgresErrorCodes.UniqueViolation })
        {
            return Error.Conflict("Nothing was imported: someone registered one of these workflows at the same moment. Import the file again.");
        }
        catch (DbUpdateException e) when (e.InnerException is PostgresException { SqlState: PostgresErrorCodes.ForeignKeyViolation })
        {
            return Error.Conflict("Nothing was imported: one of the clients was erased at the same moment. Import the file again.");
        }

        await wakeUps.PublishAsync(Topics.Runs, CancellationToken.None);
        await wakeUps.PublishAsync(Topics.Changes, CancellationToken.None);
        string[] warnings = [.. file.Warnings, .. work.Warnings, .. work.Written.SelectMany(w => sops.Warnings(w.Type, w.Inputs)).Distinct()];
        return new ImportOutcome(work.Added, work.Updated, work.Skipped, work.CreatedClients, warnings);
    }

    /// <summary>Reads the clients that there are; the result is the entries without those of clients that were erased, where they are to be passed over.</summary>
    private static async Task<IReadOnlyList<ImportEntry>> ReadClientsAsync(
        ImportWork work, IReadOnlyList<ImportEntry> entries, bool passOverErased, CancellationToken cancellationToken)
    {
        work.Companies = await work.Context.Companies.AsNoTracking().ToDictionaryAsync(c => c.CompanyId, cancellationToken);
        if (!passOverErased)
        {
            return entries;
        }

        var erased = await work.Context.ErasedCompanies.AsNoTracking().ToDictionaryAsync(c => c.Id, c => c.ErasedAt, cancellationToken);
        var passedOver = entries.Where(e => !work.Companies.ContainsKey(e.Client) && erased.ContainsKey(e.Client)).ToLookup(e => e.Client);
        foreach (var client in passedOver.OrderBy(c => c.Key))
        {
            work.PassOver(client.Key, erased[client.Key], client.Count());
        }

        return [.. entries.Where(e => !passedOver.Contains(e.Client))];
    }

    private static async Task CreateClientsAsync(ImportWork work, IReadOnlyList<ImportEntry> entries, CompanyId? boundTo, CancellationToken cancellationToken)
    {
        foreach (var client in entries.Select(e => e.Client).Distinct().Where(c => !work.Companies.ContainsKey(c) && boundTo is null))
        {
            var id = client.Value;
            var created = await work.Context.Database
                .SqlQuery<bool>($"select agency.ensure_company({id}, {id}, 'UTC', {work.Now}) as \"Value\"").SingleAsync(cancellationToken);
            if (created)
            {
                work.CreatedClients.Add(client);
                AuditCall.Current?.Note(work.Context, client, $"client {client}", before: null, AuditJson.Write(new JsonObject { ["client"] = id, ["time_zone"] = "UTC" }));
            }

            work.Companies[client] = new Company { CompanyId = client, Name = id, CreatedAt = work.Now };
        }
    }

    private static async Task ReadCalendarsAsync(ImportWork work, IReadOnlyList<ImportEntry> entries, CancellationToken cancellationToken)
    {
        var calendars = new Dictionary<CompanyId, ClientCalendar>();
        foreach (var client in entries.Select(e => e.Client).Distinct().Order())
        {
            calendars[client] = await ClientCalendar.ReadAndHoldAsync(work.Context, work.Companies[client], cancellationToken);
        }

        work.Calendars = calendars;
    }

    private static Error Refusal(List<ImportProblem> problems)
    {
        var shown = string.Join("\n", problems.OrderBy(p => p.Position).Take(ShownProblems).Select(p => $"- {p}"));
        var more = problems.Count > ShownProblems ? $"\nand {problems.Count - ShownProblems} more" : "";
        return Error.Invalid($"Nothing was imported. Correct these and import the whole file again:\n{shown}{more}");
    }
}
