using System.Buffers;
using System.Text;
using System.Text.Json;
using Agency.ServiceDefaults.Secrets.Redaction;

namespace Agency.Scheduler.Gateway;

/// <summary>How the gateway answers a worker: with what a server said, without the company's secrets, or with a refusal.</summary>
internal static class GatewayAnswer
{
    /// <summary>Passes a server's answer on as it comes.</summary>
    /// <param name="context">The worker's request.</param>
    /// <param name="response">The server's answer.</param>
    /// <param name="redactor">Takes the company's secrets out, whoever wrote them into it.</param>
    /// <param name="maxBytes">A longer answer is cut off.</param>
    public static async Task RelayAsync(HttpContext context, HttpResponseMessage response, SecretRedactor redactor, long maxBytes)
    {
        context.Response.StatusCode = (int)response.StatusCode;
        context.Response.ContentType = response.Content.Headers.ContentType?.ToString() is { } type ? redactor.Redact(type) : null;
        await using var source = await response.Content.ReadAsStreamAsync(context.RequestAborted);
        var buffer = ArrayPool<byte>.Shared.Rent(16 * 1024);
        try
        {
            var clean = new ArrayBufferWriter<byte>();
            var stream = redactor.Open();
            long total = 0;
            int read;
            do
            {
                read = await source.ReadAsync(buffer, context.RequestAborted);
                if ((total += read) > maxBytes)
                {
                    context.Abort();
                    return;
                }

                clean.ResetWrittenCount();
                stream.Write(buffer.AsSpan(0, read), isEnd: read == 0, clean);
                if (clean.WrittenCount > 0)
                {
                    // An event stream's events must not wait for the next one.
                    await context.Response.Body.WriteAsync(clean.WrittenMemory, context.RequestAborted);
                    await context.Response.Body.FlushAsync(context.RequestAborted);
                }
            }
            while (read > 0);
        }
        catch (SecretSearchException e)
        {
            await RefuseOrAbortAsync(context, StatusCodes.Status502BadGateway, null, $"The answer was not passed on: {e.Message}.");
        }
        finally
        {
            ArrayPool<byte>.Shared.Return(buffer);
        }
    }

    /// <summary>Answers without asking the server, or in place of its answer.</summary>
    public static async Task RefuseAsync(HttpContext context, int status, string? id, string message)
    {
        context.Response.StatusCode = status;
        context.Response.ContentType = "application/json";
        var json = $$$"""{"jsonrpc":"2.0","id":{{{id ?? "null"}}},"error":{"code":-32001,"message":{{{JsonSerializer.Serialize(message)}}}}}""";
        await context.Response.Body.WriteAsync(Encoding.UTF8.GetBytes(json), context.RequestAborted);
    }

    /// <summary>When the server went away in the middle: what was begun cannot be taken back.</summary>
    public static Task RefuseOrAbortAsync(HttpContext context, int status, string? id, string message)
    {
        if (!context.Response.HasStarted)
        {
            return RefuseAsync(context, status, id, message);
        }

        context.Abort();
        return Task.CompletedTask;
    }
}
