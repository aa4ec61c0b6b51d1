namespace Agency.AppHost.Startup;

/// <summary>The link in the dashboard that opens the console and signs the operator in, once.</summary>
internal sealed class ConsoleLinks(OperatorAccess access, DistributedApplicationModel model, ResourceNotificationService notifications)
{
    public const string DisplayText = "Console";

    /// <summary>A working day: who starts the agency may open its console after lunch.</summary>
    private static readonly TimeSpan ValidFor = TimeSpan.FromHours(12);

    /// <summary>Makes a new link and puts it in the dashboard in place of the last one.</summary>
    /// <exception cref="DistributedApplicationException">Operations did not make one.</exception>
    public async Task<string> RenewAsync(CancellationToken cancellationToken)
    {
        string link = await access.CreateConsoleLinkAsync(ValidFor, cancellationToken);
        var operations = model.Resources.Single(r => r.Name == "operations");
        foreach (var shown in operations.Annotations.OfType<ResourceUrlAnnotation>().Where(url => url.DisplayText == DisplayText))
            shown.Url = link;
        await notifications.PublishUpdateAsync(operations, snapshot => snapshot with
        {
            Urls = [.. snapshot.Urls.Select(url => url.DisplayProperties.DisplayName == DisplayText ? url with { Url = link } : url)],
        });
        return link;
    }
}
