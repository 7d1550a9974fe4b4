namespace Ledger.EventLog;

/// <summary>CRC-8 (polynomial 0x07): any change within eight neighbouring bits, so any one byte, changes it.</summary>
internal static class Crc8
{
    private static readonly byte[] Table = MakeTable();

    public static byte Of(ReadOnlySpan<byte> bytes)
    {
        byte crc = 0;
        foreach (var value in bytes)
            crc = Table[crc ^ value];
        return crc;
    }

    private static byte[] MakeTable()
    {
        var table = new byte[256];
        for (var i = 0; i < 256; i++)
        {
            var crc = i;
            for (var bit = 0; bit < 8; bit++)
                crc = (crc & 0x80) != 0 ? ((crc << 1) ^ 0x107) & 0xFF : crc << 1;
            table[i] = (byte)crc;
        }

        return table;
    }
}
