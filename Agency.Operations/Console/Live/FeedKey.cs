namespace Agency.Operations.Console.Live;

/// <summary>What a viewer looks at: the page, of one client or of all, or one run. Viewers of the same thing share its rendering.</summary>
internal sealed record FeedKey(string? Client, string? Run)
{
    /// <summary>The address of its events, as the page's script asks for them.</summary>
    public string Path => $"/events?{(Client is null ? "" : $"client={Uri.EscapeDataString(Client)}")}{(Run is null ? "" : $"&run={Uri.EscapeDataString(Run)}")}";

    /// <summary>An empty query argument is none.</summary>
    public static FeedKey Of(string? client, string? run = null) =>
        new(string.IsNullOrEmpty(client) ? null : client, string.IsNullOrEmpty(run) ? null : run);
}
