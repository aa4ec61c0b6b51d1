using Agency.Data;
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
            await CreateClientsAsync(work, file.Entries, boundTo, cancellationToken);
            await ReadCalendarsAsync(work, file.Entries, cancellationToken);
            foreach (var entry in file.Entries)
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

        await wakeUps.PublishAsync(Topics.Runs, CancellationToken.None);
        await wakeUps.PublishAsync(Topics.Changes, CancellationToken.None);
        string[] warnings = [.. file.Warnings, .. work.Warnings, .. work.Written.SelectMany(w => sops.Warnings(w.Type, w.Inputs)).Distinct()];
        return new ImportOutcome(work.Added, work.Updated, work.Skipped, work.CreatedClients, warnings);
    }

    private static async Task CreateClientsAsync(ImportWork work, IReadOnlyList<ImportEntry> entries, CompanyId? boundTo, CancellationToken cancellationToken)
    {
        var known = await work.Context.Companies.AsNoTracking().ToDictionaryAsync(c => c.CompanyId, cancellationToken);
        foreach (var client in entries.Select(e => e.Client).Distinct().Where(c => !known.ContainsKey(c) && boundTo is null))
        {
            var id = client.Value;
            var created = await work.Context.Database
                .SqlQuery<bool>($"select agency.ensure_company({id}, {id}, 'UTC', {work.Now}) as \"Value\"").SingleAsync(cancellationToken);
            if (created)
            {
                work.CreatedClients.Add(client);
            }

            known[client] = new Company { CompanyId = client, Name = id, CreatedAt = work.Now };
        }

        work.Companies = known;
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
