namespace Grains.Fraud.Model;

/// <summary>
/// From a raw logit to a probability, through whole numbers: between two knots a straight line. Knots are made in training, so that no
/// exponential is taken where payments are decided on, and the same logit is the same probability on every machine.
/// </summary>
public sealed class Calibration
{
    public const int MaxPpm = 999_999;

    private readonly long[] micrologits;
    private readonly int[] ppm;

    /// <param name="micrologits">Raw logits, ascending, at least one.</param>
    /// <param name="ppm">The probability at each, never falling, 1 to 999,999.</param>
    /// <exception cref="ArgumentException">The knots are no such line.</exception>
    public Calibration(long[] micrologits, int[] ppm)
    {
        if (micrologits.Length == 0 || micrologits.Length != ppm.Length)
            throw new ArgumentException($"{micrologits.Length} logits and {ppm.Length} probabilities are no line.", nameof(ppm));
        for (var knot = 0; knot < ppm.Length; knot++)
        {
            if (ppm[knot] is < 1 or > MaxPpm || knot > 0 && (micrologits[knot] <= micrologits[knot - 1] || ppm[knot] < ppm[knot - 1]))
                throw new ArgumentException($"Knot {knot} is out of order, or its probability is out of range.", nameof(ppm));
        }

        (this.micrologits, this.ppm) = (micrologits, ppm);
    }

    public ReadOnlySpan<long> Micrologits => micrologits;

    public ReadOnlySpan<int> Ppm => ppm;

    /// <summary>The probability of fraud in parts per million, 1 to 999,999.</summary>
    public int PpmOf(long micrologit)
    {
        var found = Array.BinarySearch(micrologits, micrologit);
        if (found >= 0)
            return ppm[found];
        var next = ~found;
        if (next == 0)
            return ppm[0];
        if (next == ppm.Length)
            return ppm[^1];
        var width = micrologits[next] - micrologits[next - 1];
        return ppm[next - 1] + (int)((Int128)(ppm[next] - ppm[next - 1]) * (micrologit - micrologits[next - 1]) / width);
    }
}
