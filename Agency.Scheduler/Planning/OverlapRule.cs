using Agency.Data.Workflows;

namespace Agency.Scheduler.Planning;

/// <summary>Decides for one occurrence after the other whether it is queued beside the runs that are open.</summary>
internal sealed class OverlapRule
{
    private readonly OverlapPolicy _policy;
    private readonly bool _replaces;
    private int _open;
    private int _waiting;

    /// <param name="policy">The workflow's.</param>
    /// <param name="open">Runs that are open before.</param>
    /// <param name="waiting">Those of them that have not begun.</param>
    public OverlapRule(OverlapPolicy policy, int open, int waiting)
    {
        (_policy, _open, _waiting) = (policy, open, waiting);
        _replaces = policy is OverlapPolicy.CancelPrevious && open > 0;
    }

    /// <summary>An occurrence was admitted that replaces the runs that were open before.</summary>
    public bool CancelsOpenRuns { get; private set; }

    /// <summary>Whether the occurrence is queued; false skips it.</summary>
    public bool Admit()
    {
        var admitted = _policy switch
        {
            OverlapPolicy.Skip => _open == 0,
            OverlapPolicy.QueueOne => _waiting == 0,
            _ => true,
        };
        if (admitted)
        {
            CancelsOpenRuns |= _replaces;
            Queue();
        }

        return admitted;
    }

    /// <summary>Counts an occurrence that is queued whatever the rule.</summary>
    public void Queue()
    {
        _open++;
        _waiting++;
    }
}
