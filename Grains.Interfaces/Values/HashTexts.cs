namespace Grains.Interfaces.Values;

/// <summary>Short texts one behind the other, to be hashed together by <see cref="Sha256Lanes"/>. Kept and filled again and again.</summary>
public sealed class HashTexts
{
    private const int FirstBytes = 4_096;
    private const int FirstTexts = 64;

    private byte[] bytes = new byte[FirstBytes];
    private int[] ends = new int[FirstTexts];

    public int Count { get; private set; }

    /// <summary>The text at <paramref name="index"/>, from 0.</summary>
    public ReadOnlySpan<byte> this[int index] => bytes.AsSpan(Start(index), Length(index));

    public void Clear() => Count = 0;

    public void Add(ReadOnlySpan<byte> text)
    {
        text.CopyTo(Room(text.Length));
        Added(text.Length);
    }

    /// <summary>Where the next text may be written, at least so many bytes; then <see cref="Added"/>.</summary>
    public Span<byte> Room(int length)
    {
        var start = Start(Count);
        if (bytes.Length - start < length)
            Array.Resize(ref bytes, Math.Max(bytes.Length * 2, start + length));
        return bytes.AsSpan(start);
    }

    public void Added(int length)
    {
        if (Count == ends.Length)
            Array.Resize(ref ends, ends.Length * 2);
        ends[Count] = Start(Count) + length;
        Count++;
    }

    private int Start(int index) => index == 0 ? 0 : ends[index - 1];

    private int Length(int index) => ends[index] - Start(index);
}
