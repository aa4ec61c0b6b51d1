using System.Diagnostics.CodeAnalysis;

namespace Agency.ServiceDefaults.Secrets.Redaction;

/// <summary>The secrets that this process has decrypted lately, so that none of them gets into its logs and traces.</summary>
public sealed class LiveSecrets
{
    /// <summary>The oldest goes first: what a log line costs must not grow with the number of clients.</summary>
    private const int Capacity = 1024;

    private readonly Lock _gate = new();
    private readonly HashSet<(string Name, string Value)> _known = [];
    private readonly Queue<(string Name, string Value)> _order = [];
    private volatile SecretRedactor? _redactor = SecretRedactor.Empty;

    /// <summary>
    /// Words are left out: the logs are everyone's, and a client that set "escalated" as a secret would take the word out of all of them. In its own runs
    /// and messages they are taken out like any other.
    /// </summary>
    public void Add(string name, string value)
    {
        ArgumentNullException.ThrowIfNull(value);
        if (value.Contains(' ', StringComparison.Ordinal) || value.All(char.IsLetter))
        {
            return;
        }

        lock (_gate)
        {
            if (!_known.Add((name, value)))
            {
                return;
            }

            _order.Enqueue((name, value));
            if (_order.Count > Capacity)
            {
                _known.Remove(_order.Dequeue());
            }

            _redactor = null;
        }
    }

    /// <summary>Takes out the secrets known now.</summary>
    public SecretRedactor Redactor
    {
        get
        {
            if (_redactor is { } current)
            {
                return current;
            }

            lock (_gate)
            {
                return _redactor ??= new SecretRedactor(_order.Select(s => KeyValuePair.Create(s.Name, s.Value)));
            }
        }
    }

    /// <summary>Whether there is anything to look for: mostly not.</summary>
    public bool Any => !Redactor.IsEmpty;

    [return: NotNullIfNotNull(nameof(value))]
    public object? Redact(object? value) => value is null or bool or int or long or double or decimal or Guid or DateTimeOffset or TimeSpan or Enum
        ? value
        : value.ToString() is { } text && Redactor.Redact(text) is var clean && !ReferenceEquals(clean, text) ? clean : value;
}
