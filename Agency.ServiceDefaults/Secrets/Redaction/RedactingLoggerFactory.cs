using System.Collections;
using System.Diagnostics.CodeAnalysis;
using Microsoft.Extensions.Logging;

namespace Agency.ServiceDefaults.Secrets.Redaction;

/// <summary>Gives out loggers that write no secret, whatever they are asked to write, to whichever provider.</summary>
internal sealed class RedactingLoggerFactory(ILoggerFactory inner, LiveSecrets secrets) : ILoggerFactory
{
    public ILogger CreateLogger(string categoryName) => new RedactingLogger(inner.CreateLogger(categoryName), secrets);

    public void AddProvider(ILoggerProvider provider) => inner.AddProvider(provider);

    // The container made the inner one and disposes of it.
    public void Dispose()
    {
    }
}

internal sealed class RedactingLogger(ILogger inner, LiveSecrets secrets) : ILogger
{
    public IDisposable? BeginScope<TState>(TState state)
        where TState : notnull
    {
        if (!secrets.Any)
        {
            return inner.BeginScope(state);
        }

        if (state is IEnumerable<KeyValuePair<string, object?>> pairs)
        {
            var values = pairs as IReadOnlyList<KeyValuePair<string, object?>> ?? [.. pairs];
            var text = state.ToString() ?? "";
            var (cleanValues, cleanText) = (Clean(values), secrets.Redactor.Redact(text));
            return ReferenceEquals(values, cleanValues) && ReferenceEquals(text, cleanText) ? inner.BeginScope(state) : inner.BeginScope(new RedactedScope(cleanValues, cleanText));
        }

        return secrets.Redact(state) is { } clean && !ReferenceEquals(clean, state) ? inner.BeginScope(clean) : inner.BeginScope(state);
    }

    public bool IsEnabled(LogLevel logLevel) => inner.IsEnabled(logLevel);

    public void Log<TState>(LogLevel logLevel, EventId eventId, TState state, Exception? exception, Func<TState, Exception?, string> formatter)
    {
        if (!secrets.Any || !IsEnabled(logLevel))
        {
            inner.Log(logLevel, eventId, state, exception, formatter);
            return;
        }

        var text = formatter(state, exception);
        var clean = secrets.Redactor.Redact(text);
        var told = exception?.ToString() ?? "";
        var cleanException = secrets.Redactor.Redact(told);
        var values = state as IReadOnlyList<KeyValuePair<string, object?>>;
        var cleanValues = values is null ? null : Clean(values);
        if (ReferenceEquals(text, clean) && ReferenceEquals(told, cleanException) && ReferenceEquals(values, cleanValues))
        {
            inner.Log(logLevel, eventId, state, exception, formatter);
            return;
        }

        var shown = exception is null || ReferenceEquals(told, cleanException) ? exception : new RedactedException(cleanException);
        inner.Log(logLevel, eventId, cleanValues ?? [], shown, (_, _) => clean);
    }

    /// <summary>The same list when there was nothing to take out.</summary>
    private IReadOnlyList<KeyValuePair<string, object?>> Clean(IReadOnlyList<KeyValuePair<string, object?>> values)
    {
        var clean = values.Select(value => KeyValuePair.Create(value.Key, secrets.Redact(value.Value))).ToArray();
        return clean.Zip(values).All(pair => ReferenceEquals(pair.First.Value, pair.Second.Value) || Equals(pair.First.Value, pair.Second.Value)) ? values : clean;
    }
}

/// <summary>Stands in a log for a scope that held a secret.</summary>
internal sealed class RedactedScope(IReadOnlyList<KeyValuePair<string, object?>> values, string text) : IReadOnlyList<KeyValuePair<string, object?>>
{
    public int Count => values.Count;

    public KeyValuePair<string, object?> this[int index] => values[index];

    public IEnumerator<KeyValuePair<string, object?>> GetEnumerator() => values.GetEnumerator();

    IEnumerator IEnumerable.GetEnumerator() => GetEnumerator();

    public override string ToString() => text;
}

/// <summary>Stands in a log for an exception whose text held a secret.</summary>
[SuppressMessage("Design", "CA1032:Implement standard exception constructors", Justification = "It is never thrown.")]
internal sealed class RedactedException(string text) : Exception("The exception's text held a secret, which was taken out.")
{
    public override string ToString() => text;
}
