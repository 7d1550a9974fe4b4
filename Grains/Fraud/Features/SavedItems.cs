using System.Buffers.Binary;

namespace Grains.Fraud.Features;

/// <summary>
/// Items of a window as bytes, for a release before or after this one: the format, how many whole numbers an item has, and the numbers of
/// one after the other. A release that adds numbers adds them behind those that are there; who knows fewer skips them.
/// </summary>
internal static class SavedItems
{
    private const byte Format = 1;
    private const int Header = 2;

    /// <param name="numbers">How many an item has, at most 255.</param>
    /// <param name="fill">Writes an item's numbers, by its index.</param>
    /// <returns>Null for no items.</returns>
    public static byte[]? Write(int count, int numbers, ItemNumbers fill)
    {
        if (count == 0)
            return null;
        var saved = new byte[Header + (count * numbers * sizeof(long))];
        (saved[0], saved[1]) = (Format, checked((byte)numbers));
        Span<long> item = stackalloc long[numbers];
        for (var index = 0; index < count; index++)
        {
            fill(index, item);
            for (var number = 0; number < numbers; number++)
                BinaryPrimitives.WriteInt64LittleEndian(saved.AsSpan(Header + (((index * numbers) + number) * sizeof(long))), item[number]);
        }

        return saved;
    }

    /// <param name="numbers">How many of an item's are wanted.</param>
    /// <param name="read">Is told each item's numbers; none where the bytes are of another format, or have fewer numbers.</param>
    public static void Read(ReadOnlySpan<byte> saved, int numbers, ItemNumbers read)
    {
        if (saved.Length < Header || saved[0] != Format || saved[1] < numbers)
            return;
        var size = saved[1] * sizeof(long);
        Span<long> item = stackalloc long[numbers];
        var rest = saved[Header..];
        for (var index = 0; rest.Length >= size; index++, rest = rest[size..])
        {
            for (var number = 0; number < numbers; number++)
                item[number] = BinaryPrimitives.ReadInt64LittleEndian(rest[(number * sizeof(long))..]);
            read(index, item);
        }
    }
}

/// <summary>The numbers of the item with an index: to be written, or read.</summary>
internal delegate void ItemNumbers(int index, Span<long> numbers);
