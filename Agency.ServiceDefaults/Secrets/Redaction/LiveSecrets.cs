using System.Diagnostics.CodeAnalysis;
using Agency.Data;

namespace Agency.ServiceDefaults.Secrets.Redaction;

/// <summary>The secrets that this process has decrypted lately, so that none of them gets into its logs and traces.</summary>
public sealed class LiveSecrets
{
    /// <summary>Of all companies: the oldest goes first. What a log line costs must not grow with the number of clients.</summary>
    private const int Capacity = 1024;

    /// <summary>Of one company: as many as it can have. Whoever sets one after the other pushes out nobody else's.</summary>
    private const int CapacityOfCompany = 50;

    /// <summary>Shorter ones are too easily something that a log says.</summary>
    private const int MinLength = 12;

    private readonly Lock _gate = new();
    private readonly List<(CompanyId Company, string Name, string Value)> _known = [];
    private volatile SecretRedactor? _redactor = SecretRedactor.Empty;

    /// <summary>
    /// What may be words is left out: the logs are everyone's, and a client that set "is escalated" as a secret would take that out of all of them. In its own
    /// runs and messages it is taken out like any other.
    /// </summary>
    public void Add(CompanyId company, string name, string value)
    {
        ArgumentNullException.ThrowIfNull(value);
        if (value.Length < MinLength || value.Contains(' ', StringComparison.Ordinal) || !value.Any(char.IsAsciiDigit) || !value.Any(char.IsAsciiLetter))
        {
            return;
        }

        lock (_gate)
        {
            if (_known.Contains((company, name, value)))
            {
                return;
            }

            _known.Add((company, name, value));
            if (_known.Count(s => s.Company == company) > CapacityOfCompany)
            {
                _known.RemoveAt(_known.FindIndex(s => s.Company == company));
            }
            else if (_known.Count > Capacity)
            {
                _known.RemoveAt(0);
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
                return _redactor ??= new SecretRedactor(_known.Select(s => KeyValuePair.Create(s.Name, s.Value)));
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
