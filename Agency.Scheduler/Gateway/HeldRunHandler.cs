namespace Agency.Scheduler.Gateway;

/// <summary>
/// The last before the wire, below the retries: no attempt leaves for a run that may be another scheduler's by now.
/// </summary>
internal sealed class HeldRunHandler : DelegatingHandler
{
    /// <summary>On every request of the gateway.</summary>
    public static readonly HttpRequestOptionsKey<Func<CancellationToken, ValueTask<bool>>> IsHeld = new("agency.held");

    protected override async Task<HttpResponseMessage> SendAsync(HttpRequestMessage request, CancellationToken cancellationToken)
    {
        if (!request.Options.TryGetValue(IsHeld, out var isHeld) || !await isHeld(cancellationToken))
        {
            throw new RunNotHeldException();
        }

        return await base.SendAsync(request, cancellationToken);
    }
}

/// <summary>The request was not sent.</summary>
internal sealed class RunNotHeldException() : Exception("The run is no longer this scheduler's.");
