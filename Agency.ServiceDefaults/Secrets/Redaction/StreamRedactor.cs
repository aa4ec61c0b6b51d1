using System.Buffers;
using System.Text;

namespace Agency.ServiceDefaults.Secrets.Redaction;

/// <summary>
/// Redacts a text that comes in pieces, also where a secret lies across two of them. Holds back no more than what may be the beginning of a secret, and
/// never a line feed: an event stream's events go on at once.
/// </summary>
public sealed class StreamRedactor
{
    /// <summary>
    /// What the search may cost, in characters compared: some times what any ordinary text takes. Secrets that repeat themselves and a text made for them
    /// would cost the product of their lengths.
    /// </summary>
    private const long FreeWork = 1_000_000, WorkForAByte = 24;

    private readonly SecretRedactor _redactor;
    private byte[] _held = [];
    private long _work;
    private long _seen;

    internal StreamRedactor(SecretRedactor redactor) => _redactor = redactor;

    /// <summary>Whether a secret was taken out so far.</summary>
    public bool Found { get; private set; }

    /// <param name="piece">The next piece.</param>
    /// <param name="isEnd">It is the last one: nothing is held back any more.</param>
    /// <param name="output">Where the text goes.</param>
    /// <exception cref="SecretSearchException">The search would take too long. What was written before is clean.</exception>
    public void Write(ReadOnlySpan<byte> piece, bool isEnd, IBufferWriter<byte> output)
    {
        ArgumentNullException.ThrowIfNull(output);
        if (_redactor.IsEmpty)
        {
            output.Write(piece);
            return;
        }

        var text = _held.Length == 0 ? piece : [.. _held, .. piece];
        _held = [];
        _seen += piece.Length;
        int at = 0, written = 0;
        while (_redactor.NextCandidate(text[at..]) is var next and >= 0)
        {
            at += next;
            var length = _redactor.MatchAt(text[at..], isEnd, ref _work, out var name);
            if (_work > FreeWork + (_seen * WorkForAByte))
            {
                throw new SecretSearchException();
            }

            if (length == SecretPattern.More)
            {
                output.Write(text[written..at]);
                _held = text[at..].ToArray();
                return;
            }

            if (length > 0)
            {
                output.Write(text[written..at]);
                output.Write(Encoding.UTF8.GetBytes($"[secret {name}]"));
                Found = true;
                at = written = at + length;
            }
            else
            {
                at++;
            }
        }

        output.Write(text[written..]);
    }
}

/// <summary>A text was not passed on because it could not be searched in time.</summary>
public sealed class SecretSearchException() : Exception("looking for secrets in it takes too long");
