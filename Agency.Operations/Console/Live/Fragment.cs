using System.Text.Json;
using Agency.Data;
using Agency.Operations.Console.Data;
using Agency.Operations.Console.Pages;
using Agency.ServiceDefaults.Mcp;
using Microsoft.AspNetCore.Components;
using Microsoft.AspNetCore.Components.Web;

namespace Agency.Operations.Console.Live;

/// <summary>The changing part of a page: what it is made of, and how it is rendered.</summary>
internal sealed class Fragment
{
    private readonly Type _component;
    private readonly object _model;

    private Fragment(Type component, object model)
    {
        (_component, _model) = (component, model);
        State = JsonSerializer.SerializeToUtf8Bytes(model, model.GetType(), AgencyJson.Options);
    }

    /// <summary>Equal for two fragments that show the same.</summary>
    public ReadOnlyMemory<byte> State { get; }

    public static async Task<Result<Fragment>> ReadAsync(ConsoleReader reader, FeedKey key, CancellationToken cancellationToken) => key switch
    {
        { Run: { } run, Client: { } client } => (await reader.ReadRunAsync(client, run, cancellationToken)).Map(r => new Fragment(typeof(RunParts), r)),
        { Run: not null } => Error.Invalid("A run's events need its client."),
        _ => (await reader.ReadAsync(key.Client, cancellationToken)).Map(v => new Fragment(typeof(ConsoleParts), v)),
    };

    public async Task<string> RenderAsync(IServiceProvider services, DateTimeOffset now)
    {
        // Renderers keep every component they made until they are disposed of.
        await using var renderer = new HtmlRenderer(services, services.GetRequiredService<ILoggerFactory>());
        var parameters = ParameterView.FromDictionary(new Dictionary<string, object?> { ["Model"] = _model, ["Now"] = now });
        return await renderer.Dispatcher.InvokeAsync(async () => (await renderer.RenderComponentAsync(_component, parameters)).ToHtmlString());
    }
}
