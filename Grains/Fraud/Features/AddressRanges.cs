using System.Net;
using System.Net.Sockets;

namespace Grains.Fraud.Features;

/// <summary>Entries by address range: one look-up for each prefix length that occurs, at most 129, however many ranges there are. IPv4 is looked up as its IPv6-mapped form.</summary>
internal sealed class AddressRanges
{
    private const int Bits = 128;
    private const int MappedPrefix = 96;

    private readonly Dictionary<(int Length, UInt128 Prefix), List<ListEntry>> entries = [];
    private readonly SortedSet<int> lengths = [];
    private int[]? longestFirst;

    /// <exception cref="FormatException">It is no address and no range.</exception>
    public void Add(ListEntry entry)
    {
        var (address, length) = Read(entry.Value);
        var key = (length, Masked(address, length));
        if (!entries.TryGetValue(key, out var standing))
            entries.Add(key, standing = []);
        standing.Add(entry);
        lengths.Add(length);
        longestFirst = null;
    }

    /// <summary>Finds what names the address, the narrowest range first.</summary>
    public void Find(string text, ref List<ListEntry>? found)
    {
        if (entries.Count == 0 || !IPAddress.TryParse(text, out var parsed))
            return;
        var address = Number(parsed);
        foreach (var length in longestFirst ?? [])
            if (entries.TryGetValue((length, Masked(address, length)), out var standing))
                (found ??= []).AddRange(standing);
    }

    /// <summary>No more is added from here on; many threads may look.</summary>
    public void Freeze() => longestFirst = [.. lengths.Reverse()];

    private static (UInt128 Address, int Length) Read(string value)
    {
        if (IPAddress.TryParse(value, out var address))
            return (Number(address), Bits);
        if (!IPNetwork.TryParse(value, out var range))
            throw new FormatException("A listed address is an IP address or a CIDR range.");
        return (Number(range.BaseAddress), range.PrefixLength + (range.BaseAddress.AddressFamily == AddressFamily.InterNetwork ? MappedPrefix : 0));
    }

    private static UInt128 Masked(UInt128 address, int length) => length == 0 ? 0 : address >> (Bits - length) << (Bits - length);

    private static UInt128 Number(IPAddress address)
    {
        Span<byte> bytes = stackalloc byte[16];
        _ = address.MapToIPv6().TryWriteBytes(bytes, out _);
        return System.Buffers.Binary.BinaryPrimitives.ReadUInt128BigEndian(bytes);
    }
}
