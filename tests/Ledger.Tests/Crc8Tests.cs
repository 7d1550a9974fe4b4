using Ledger.EventLog;

namespace Ledger.Tests;

public sealed class Crc8Tests
{
    // The check value of the catalogue of CRC algorithms, "CRC-8/SMBUS".
    [Fact]
    public void The_check_value_is_the_published_one() => Assert.Equal(0xF4, Crc8.Of("123456789"u8));

    [Fact]
    public void Each_length_gives_what_the_definition_gives_bit_by_bit()
    {
        var random = new Random(7);
        for (var length = 0; length < 70; length++)
        {
            var bytes = new byte[length];
            random.NextBytes(bytes);
            Assert.Equal(BitByBit(bytes), Crc8.Of(bytes));
        }
    }

    private static byte BitByBit(byte[] bytes)
    {
        var rest = 0;
        foreach (var value in bytes)
            for (var bit = 7; bit >= 0; bit--)
            {
                var isSet = ((rest >> 7) ^ (value >> bit)) & 1;
                rest = ((rest << 1) & 0xFF) ^ (isSet * 0x07);
            }

        return (byte)rest;
    }
}
