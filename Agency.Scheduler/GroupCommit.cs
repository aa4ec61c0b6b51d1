using Npgsql;

namespace Agency.Scheduler;

/// <summary>
/// Writes together what many ask for at the same time. Nothing waits on purpose: what comes while a write is under way goes with the next
/// one, so batches grow with the load and a lone item is written at once.
/// </summary>
/// <param name="write">Writes a batch, all or nothing, and answers item by item.</param>
/// <param name="maxBatch">Items in one write at most.</param>
/// <param name="writers">Writes at the same time at most.</param>
internal sealed class GroupCommit<TItem, TAnswer>(Func<IReadOnlyList<TItem>, Task<IReadOnlyList<TAnswer>>> write, int maxBatch, int writers)
{
    private readonly Queue<Pending> _queue = new();
    private int _active;

    /// <summary>Completes when the item is written. What the write throws for this item comes out here.</summary>
    public Task<TAnswer> AddAsync(TItem item)
    {
        var pending = new Pending(item);
        lock (_queue)
        {
            _queue.Enqueue(pending);

            // Another writer only for what the ones at work cannot take along with their next write.
            if (_active == 0 || (_active < writers && _queue.Count >= maxBatch))
            {
                _active++;
                _ = Task.Run(WriteAllAsync);
            }
        }

        return pending.Task;
    }

    /// <summary>Ends when nothing waits. Never throws: whatever happens is told to those who wait for it.</summary>
    private async Task WriteAllAsync()
    {
        while (Next() is { } batch)
        {
            try
            {
                await WriteAsync(batch);
            }
            catch (NpgsqlException e) when (e.IsTransient)
            {
                // The database is away or busy: so it is for each of them.
                batch.ForEach(pending => pending.TrySetException(e));
            }
            catch (Exception) when (batch.Count > 1)
            {
                // One bad item must not fail the others.
                foreach (var pending in batch)
                {
                    await WriteOneAsync(pending);
                }
            }
            catch (Exception e)
            {
                batch[0].TrySetException(e);
            }
        }
    }

    private async Task WriteOneAsync(Pending pending)
    {
        try
        {
            await WriteAsync([pending]);
        }
        catch (Exception e)
        {
            pending.TrySetException(e);
        }
    }

    private async Task WriteAsync(List<Pending> batch)
    {
        var answers = await write(batch.ConvertAll(p => p.Item));
        if (answers.Count != batch.Count)
        {
            throw new InvalidOperationException($"{batch.Count} items were written, and {answers.Count} answered.");
        }

        // Those who waited go on one after the other, beside the next write: hundreds at once would wake every thread for a moment's work each.
        _ = Task.Run(() =>
        {
            for (var i = 0; i < batch.Count; i++)
            {
                batch[i].TrySetResult(answers[i]);
            }
        });
    }

    private List<Pending>? Next()
    {
        lock (_queue)
        {
            if (_queue.Count == 0)
            {
                _active--;
                return null;
            }

            var batch = new List<Pending>(Math.Min(maxBatch, _queue.Count));
            while (batch.Count < maxBatch && _queue.TryDequeue(out var pending))
            {
                batch.Add(pending);
            }

            return batch;
        }
    }

    private sealed class Pending(TItem item) : TaskCompletionSource<TAnswer>
    {
        public TItem Item => item;
    }
}
