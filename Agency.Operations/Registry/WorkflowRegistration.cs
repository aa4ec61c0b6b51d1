using Agency.Data;
using Agency.Data.Workflows;
using Agency.ServiceDefaults.Identity;
using Agency.ServiceDefaults.Tenancy;
using Agency.ServiceDefaults.WakeUps;
using Microsoft.EntityFrameworkCore;
using Npgsql;

namespace Agency.Operations.Registry;

/// <summary>Registers workflows.</summary>
internal sealed class WorkflowRegistration(
    CompanyScope companies, CallerDatabase database, Caller caller, SopCatalogue sops, IWakeUps wakeUps, TimeProvider time)
{
    private const int IdAttempts = 20;

    /// <param name="client">The client; null for a caller bound to one.</param>
    /// <param name="id">The id, or null for one made of type and client.</param>
    /// <param name="request">Its type must be given.</param>
    /// <param name="cancellationToken">Ends the work.</param>
    public async Task<Result<WorkflowResult>> RegisterAsync(string? client, string? id, WorkflowRequest request, CancellationToken cancellationToken)
    {
        var company = companies.Resolve(client);
        if (!company.IsSuccess)
        {
            return company.Error;
        }

        if (WorkflowRules.CheckType(request.Type ?? "") is { } badType)
        {
            return badType;
        }

        if (!string.IsNullOrEmpty(id))
        {
            return WorkflowId.TryParse(id, out var named)
                ? await TryRegisterAsync(new WorkflowKey(company.Value, named), revive: true, request, cancellationToken)
                : RegistryErrors.BadId();
        }

        Result<WorkflowResult> result = RegistryErrors.BadId();
        for (var attempt = 1; attempt <= IdAttempts; attempt++)
        {
            var key = await FreeIdAsync(company.Value, $"{request.Type}-{company.Value}", cancellationToken);
            result = await TryRegisterAsync(key, revive: false, request, cancellationToken);
            if (result.IsSuccess || result.Error != RegistryErrors.IdTaken(key))
            {
                return result;
            }
        }

        return result;
    }

    private async Task<Result<WorkflowResult>> TryRegisterAsync(
        WorkflowKey key, bool revive, WorkflowRequest request, CancellationToken cancellationToken)
    {
        await using var context = database.Open(key.Company);
        var company = await context.FindActiveCompanyAsync(key.Company, cancellationToken);
        if (!company.IsSuccess)
        {
            return company.Error;
        }

        var now = time.Now();
        await using var transaction = await context.Database.BeginTransactionAsync(cancellationToken);
        var workflow = await context.LockWorkflowAsync(key, cancellationToken, includeDeleted: true);
        if (workflow is not null && (workflow.DeletedAt is null || !revive))
        {
            return RegistryErrors.IdTaken(key);
        }

        if (workflow is null)
        {
            workflow = new Workflow { CompanyId = key.Company, WorkflowId = key.Id, Type = request.Type!, CreatedAt = now, UpdatedAt = now };
            context.Workflows.Add(workflow);
        }
        else
        {
            context.Revive(workflow, request.Type!, now);
        }

        var calendar = await ClientCalendar.ReadAndHoldAsync(context, company.Value, cancellationToken);
        if (WorkflowWriter.Apply(workflow, isNew: true, request, calendar, now) is { } error)
        {
            return error;
        }

        try
        {
            // First, so that its history finds it.
            await context.SaveChangesAsync(cancellationToken);
        }
        catch (DbUpdateException e) when (e.InnerException is PostgresException { SqlState: PostgresErrorCodes.UniqueViolation })
        {
            return RegistryErrors.IdTaken(key);
        }

        context.AddHistory(key, now, "registered", $"Registered by {caller.Subject}.");
        await context.SaveChangesAsync(cancellationToken);
        await transaction.CommitAsync(cancellationToken);
        await wakeUps.PublishAsync(Topics.Runs, CancellationToken.None);
        await wakeUps.PublishAsync(Topics.Changes, CancellationToken.None);
        var row = await context.RowAsync(key, cancellationToken);
        return new WorkflowResult(WorkflowView.Of(row), sops.Warnings(workflow.Type, workflow.Inputs));
    }

    /// <summary>The wished id, or the first of it with a number that no workflow of the client, deleted or not, has had.</summary>
    private async Task<WorkflowKey> FreeIdAsync(CompanyId company, string wish, CancellationToken cancellationToken)
    {
        const int maxLength = 120;
        wish = wish[..Math.Min(wish.Length, maxLength)];
        await using var context = database.Open(company);
        var taken = await context.Workflows.Where(w => w.CompanyId == company).Select(w => w.WorkflowId).ToListAsync(cancellationToken);
        var names = taken.Select(t => t.Value).ToHashSet(StringComparer.Ordinal);
        var free = wish;
        for (var number = 2; names.Contains(free); number++)
        {
            free = $"{wish}-{number}";
        }

        return new WorkflowKey(company, new WorkflowId(free));
    }
}
