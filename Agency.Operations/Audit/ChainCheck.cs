using Agency.Data;
using Agency.Data.Auditing;

namespace Agency.Operations.Audit;

/// <summary>Reads one chain from its first entry to its last and finds where it is not what was written.</summary>
/// <param name="client">The client; null for the agency's own chain.</param>
/// <param name="anchor">An end of this chain that was noted earlier, outside the database.</param>
internal sealed class ChainCheck(CompanyId? client, ChainEnd? anchor = null)
{
    /// <summary>Entries that are compared with each other to find those that changed places.</summary>
    private const int MaxCompared = 100;

    private readonly List<ChainProblem> _problems = [];
    private readonly List<AuditEntry> _wrong = [];
    private byte[] _previous = AuditHash.First;
    private long _last;

    public void Add(AuditEntry entry)
    {
        var follows = entry.Seq == _last + 1;
        if (!follows)
        {
            Problem(_last + 1, ChainFault.Missing, entry.Seq == _last + 2
                ? $"Entry {_last + 1} is missing."
                : $"Entries {_last + 1} to {entry.Seq - 1} are missing.");
        }

        if (!AuditHash.Of(entry).AsSpan().SequenceEqual(entry.Hash))
        {
            _wrong.Add(entry);
        }
        else if (follows && !entry.PreviousHash.AsSpan().SequenceEqual(_previous))
        {
            Problem(entry.Seq, ChainFault.Forged, $"Entry {entry.Seq} does not follow from entry {_last}: one of them was put in the place of another.");
        }

        if (anchor is not null && anchor.Seq == entry.Seq && anchor.Hash != Convert.ToHexStringLower(entry.Hash))
        {
            Problem(entry.Seq, ChainFault.Rewritten, $"Entry {entry.Seq} had another hash when its head was noted: the chain was written anew up to there or from before it.");
        }

        (_previous, _last) = (entry.Hash, entry.Seq);
    }

    /// <summary>The problems by place, after the last entry.</summary>
    /// <param name="head">Where the chain ends by the table of heads.</param>
    public IReadOnlyList<ChainProblem> End(AuditHead? head)
    {
        Explain();
        var (seq, hash) = (head?.Seq ?? 0, head?.Hash ?? AuditHash.First);
        if (seq > _last)
        {
            Problem(_last + 1, ChainFault.Truncated, $"Entries {_last + 1} to {seq} are missing at the end: the head says that there were {seq}.");
        }
        else if (seq < _last)
        {
            Problem(seq + 1, ChainFault.Forged, $"Entries {seq + 1} to {_last} were never appended: the head ends at {seq}.");
        }
        else if (!hash.AsSpan().SequenceEqual(_previous))
        {
            Problem(_last, ChainFault.Forged, $"Entry {_last} is not the one that the head was moved to.");
        }

        if (anchor is not null && anchor.Seq > _last)
        {
            Problem(_last + 1, ChainFault.Truncated, $"Entries {_last + 1} to {anchor.Seq} are missing at the end: a head was noted at {anchor.Seq}.");
        }

        return [.. _problems.OrderBy(p => p.Seq)];
    }

    /// <summary>An entry that was written for the place of another wrong one has been moved; any other has been changed.</summary>
    private void Explain()
    {
        foreach (var entry in _wrong)
        {
            var meant = _wrong.Take(MaxCompared).Select(w => w.Seq).FirstOrDefault(seq => seq != entry.Seq && AuditHash.Of(At(entry, seq)).AsSpan().SequenceEqual(entry.Hash));
            if (meant > 0)
            {
                Problem(entry.Seq, ChainFault.Moved, $"Entry {entry.Seq} was written as entry {meant}.");
            }
            else
            {
                Problem(entry.Seq, ChainFault.Changed, $"Entry {entry.Seq} is not what was written: its hash does not fit it.");
            }
        }
    }

    private void Problem(long seq, ChainFault kind, string message) => _problems.Add(new ChainProblem(client, seq, kind, message));

    private static AuditEntry At(AuditEntry entry, long seq) => new()
    {
        Chain = entry.Chain,
        Seq = seq,
        CompanyId = entry.CompanyId,
        At = entry.At,
        Actor = entry.Actor,
        Role = entry.Role,
        TokenId = entry.TokenId,
        Server = entry.Server,
        Action = entry.Action,
        Target = entry.Target,
        Outcome = entry.Outcome,
        Arguments = entry.Arguments,
        Before = entry.Before,
        After = entry.After,
        Error = entry.Error,
        TraceId = entry.TraceId,
        PreviousHash = entry.PreviousHash,
        Hash = entry.Hash,
    };
}
