using System.Security.Cryptography;
using Grains.Interfaces.Values;

namespace Grains.Tests.Values;

public sealed class Sha256LanesTests
{
    private const int DigestLength = Sha256Lanes.DigestLength;

    [Fact]
    public void Every_length_up_to_five_blocks_is_hashed_as_the_library_hashes_it()
    {
        // Neighbours in a group differ in length, and so in their number of blocks.
        var texts = Enumerable.Range(0, 321).Select(static i => Text(i * 97 % 321)).ToArray();
        Check(texts);
    }

    [Fact]
    public void Any_number_of_texts_is_hashed()
    {
        for (var count = 0; count <= 40; count++)
            Check([.. Enumerable.Range(0, count).Select(static i => Text(i * 13 % 150))]);
    }

    [Fact]
    public void The_standards_own_examples_are_right()
    {
        var texts = new HashTexts();
        texts.Add("abc"u8);
        texts.Add("abcdbcdecdefdefgefghfghighijhijkijkljklmklmnlmnomnopnopq"u8);
        texts.Add(""u8);
        var digests = new byte[3 * DigestLength];
        Sha256Lanes.Hash(texts, digests);
        Assert.Equal(
            "BA7816BF8F01CFEA414140DE5DAE2223B00361A396177A9CB410FF61F20015AD248D6A61D20638B8E5C026930C3E6039A33CE45964FF2167F6ECEDD419DB06C1E3B0C44298FC1C149AFBF4C8996FB92427AE41E4649B934CA495991B7852B855",
            Convert.ToHexString(digests));
    }

    [Theory]
    [InlineData(0)]
    [InlineData(20)]
    [InlineData(32)]
    [InlineData(64)]
    public void A_keyed_hash_is_the_librarys(int keyLength)
    {
        var key = Text(keyLength);
        var (texts, between) = (new HashTexts(), new HashTexts());
        var each = Enumerable.Range(0, 150).Select(static i => Text(i * 41 % 200)).ToArray();
        var digests = new byte[each.Length * DigestLength];
        foreach (var text in each)
            texts.Add(text);
        new HmacSha256Lanes(key).Hash(texts, between, digests);
        for (var i = 0; i < each.Length; i++)
            Assert.Equal(HMACSHA256.HashData(key, each[i]), digests[(i * DigestLength)..((i + 1) * DigestLength)]);
    }

    [Fact]
    public void A_key_longer_than_a_block_is_refused() => Assert.Throws<ArgumentOutOfRangeException>(static () => new HmacSha256Lanes(new byte[65]));

    [Fact]
    public void An_idempotency_key_is_the_same_among_many()
    {
        string[] keys = ["a", "order-1", new string('k', IdempotencyKey.MaxLength), "\"quoted\\\"", "~ ~"];
        var texts = new HashTexts();
        foreach (var key in keys)
            IdempotencyKey.AddTo(texts, 42, key);
        var digests = new byte[keys.Length * DigestLength];
        Sha256Lanes.Hash(texts, digests);
        for (var i = 0; i < keys.Length; i++)
            Assert.Equal(IdempotencyKey.Of(42, keys[i], "debtor"), IdempotencyKey.Of(digests.AsSpan(i * DigestLength, DigestLength), IdempotencyKey.Scope("debtor")));
    }

    private static void Check(byte[][] each)
    {
        var texts = new HashTexts();
        texts.Add("gone"u8);
        texts.Clear();
        foreach (var text in each)
            texts.Add(text);
        var digests = new byte[each.Length * DigestLength];
        Sha256Lanes.Hash(texts, digests);
        for (var i = 0; i < each.Length; i++)
            Assert.Equal(SHA256.HashData(each[i]), digests[(i * DigestLength)..((i + 1) * DigestLength)]);
    }

    private static byte[] Text(int length)
    {
        var bytes = new byte[length];
        new Random(length).NextBytes(bytes);
        return bytes;
    }
}
