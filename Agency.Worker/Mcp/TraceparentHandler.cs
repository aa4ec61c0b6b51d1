namespace Agency.Worker.Mcp;

/// <summary>Sends the span of the call that is under way.</summary>
internal sealed class TraceparentHandler(HttpMessageHandler inner) : DelegatingHandler(inner)
{
    private static readonly AsyncLocal<string?> Value = new();

    public static string? Current
    {
        get => Value.Value;
        set => Value.Value = value;
    }

    protected override Task<HttpResponseMessage> SendAsync(HttpRequestMessage request, CancellationToken cancellationToken)
    {
        if (Current is { } traceparent)
        {
            request.Headers.Remove("traceparent");
            request.Headers.TryAddWithoutValidation("traceparent", traceparent);
        }

        return base.SendAsync(request, cancellationToken);
    }
}
