using System.Buffers.Binary;

namespace Ledger.EventLog;

/// <summary>CRC-8 (polynomial 0x07): any change within eight neighbouring bits, so any one byte, changes it.</summary>
internal static class Crc8
{
    // Table[k * 256 + b]: what byte b becomes behind which k more bytes follow. Eight bytes are looked up side by side, since a chain of
    // single look-ups waits for each one.
    private static readonly byte[] Table = MakeTable();

    public static byte Of(ReadOnlySpan<byte> bytes)
    {
        ReadOnlySpan<byte> table = Table;
        byte crc = 0;
        for (; bytes.Length >= 8; bytes = bytes[8..])
        {
            var eight = BinaryPrimitives.ReadUInt64LittleEndian(bytes) ^ crc;
            crc = (byte)(table[0x700 + (int)(eight & 0xFF)] ^ table[0x600 + (int)((eight >> 8) & 0xFF)]
                ^ table[0x500 + (int)((eight >> 16) & 0xFF)] ^ table[0x400 + (int)((eight >> 24) & 0xFF)]
                ^ table[0x300 + (int)((eight >> 32) & 0xFF)] ^ table[0x200 + (int)((eight >> 40) & 0xFF)]
                ^ table[0x100 + (int)((eight >> 48) & 0xFF)] ^ table[(int)(eight >> 56)]);
        }

        foreach (var value in bytes)
            crc = table[crc ^ value];
        return crc;
    }

    private static byte[] MakeTable()
    {
        var table = new byte[8 * 256];
        for (var i = 0; i < 256; i++)
        {
            var crc = i;
            for (var bit = 0; bit < 8; bit++)
                crc = (crc & 0x80) != 0 ? ((crc << 1) ^ 0x107) & 0xFF : crc << 1;
            table[i] = (byte)crc;
        }

        for (var i = 256; i < table.Length; i++)
            table[i] = table[table[i - 256]];
        return table;
    }
}
