using System.Net;

namespace Agency.Scheduler.Gateway;

/// <summary>
/// Below the retries: no attempt leaves for a run that may be another scheduler's by now. It is asked before a connection is looked for, and again when the
/// request's body is about to be written, the last moment before the wire: the process or the machine may have stood still meanwhile, for longer than a lease.
/// </summary>
internal sealed class HeldRunHandler : DelegatingHandler
{
    /// <summary>On every request of the gateway.</summary>
    public static readonly HttpRequestOptionsKey<Func<CancellationToken, ValueTask<bool>>> IsHeld = new("agency.held");

    protected override async Task<HttpResponseMessage> SendAsync(HttpRequestMessage request, CancellationToken cancellationToken)
    {
        // A request without a body would have no last moment to ask in; the gateway makes none.
        if (request.Content is not { } content || !request.Options.TryGetValue(IsHeld, out var isHeld) || !await isHeld(cancellationToken))
        {
            throw new RunNotHeldException();
        }

        request.Content = new HeldContent(content, isHeld);
        try
        {
            return await base.SendAsync(request, cancellationToken);
        }
        finally
        {
            // Another attempt asks anew.
            request.Content = content;
        }
    }

    private sealed class HeldContent : HttpContent
    {
        private readonly HttpContent _content;
        private readonly Func<CancellationToken, ValueTask<bool>> _isHeld;

        public HeldContent(HttpContent content, Func<CancellationToken, ValueTask<bool>> isHeld)
        {
            (_content, _isHeld) = (content, isHeld);
            foreach (var header in content.Headers)
            {
                Headers.TryAddWithoutValidation(header.Key, header.Value);
            }
        }

        protected override Task SerializeToStreamAsync(Stream stream, TransportContext? context) =>
            SerializeToStreamAsync(stream, context, CancellationToken.None);

        protected override async Task SerializeToStreamAsync(Stream stream, TransportContext? context, CancellationToken cancellationToken)
        {
            if (!await _isHeld(cancellationToken))
            {
                throw new RunNotHeldException();
            }

            await _content.CopyToAsync(stream, context, cancellationToken);
        }

        protected override bool TryComputeLength(out long length)
        {
            length = _content.Headers.ContentLength ?? 0;
            return _content.Headers.ContentLength is not null;
        }
    }
}

/// <summary>The request was not sent.</summary>
internal sealed class RunNotHeldException() : Exception("The run is no longer this scheduler's.");
