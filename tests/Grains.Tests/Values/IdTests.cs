using FsCheck;
using FsCheck.Fluent;
using Grains.Interfaces.Values;
using Ledger;

namespace Grains.Tests.Values;

public sealed class IdTests
{
    private static readonly Arbitrary<PaymentId> PaymentIds =
        (from bucket in Gen.Choose(0, Bucket.Count - 1)
         from number in Numbers.Between(0, long.MaxValue)
         select new PaymentId(bucket, number)).ToArbitrary();

    [Fact]
    public void A_payment_id_has_the_documented_form_and_reads_back() =>
        Prop.ForAll(PaymentIds, static id =>
        {
            var text = id.ToString();
            return text.Length == 30 && text.StartsWith("pay_", StringComparison.Ordinal)
                && text[4..].All(static character => char.IsAsciiDigit(character) || char.IsAsciiLetterLower(character))
                && PaymentId.TryParse(text, out var read) && read == id;
        }).QuickCheckThrowOnFailure();

    [Fact]
    public void A_mistyped_payment_id_is_told_from_an_unknown_one()
    {
        var text = new PaymentId(7, 123_456).ToString();
        for (var place = 4; place < text.Length; place++)
        {
            var other = text[place] == 'a' ? 'b' : 'a';
            Assert.False(PaymentId.TryParse(text[..place] + other + text[(place + 1)..], out _), $"a changed character at {place} was not noticed");
        }
    }

    [Theory]
    [InlineData("")]
    [InlineData("pay_")]
    [InlineData("evt_00000000000000000000000000")]
    [InlineData("pay_zzzzzzzzzzzzzzzzzzzzzzzzzz")]
    [InlineData("pay_ÄÄÄÄÄÄÄÄÄÄÄÄÄÄÄÄÄÄÄÄÄÄÄÄÄÄ")]
    [InlineData("PAY_00000000000000000000000000")]
    public void What_is_no_payment_id_is_refused(string text) => Assert.False(PaymentId.TryParse(text, out _));

    [Fact]
    public void A_derived_uetr_is_a_uuid_of_version_4_and_names_its_payment() =>
        Prop.ForAll(PaymentIds.Filter(static id => id.Number < 1L << 61), static id =>
        {
            var uetr = DerivedUetr.Of(id);
            var text = uetr.ToString("D");
            return text[14] == '4' && "89ab".Contains(text[19], StringComparison.Ordinal) && DerivedUetr.TryPayment(uetr, out var read) && read == id;
        }).QuickCheckThrowOnFailure();

    [Fact]
    public void A_random_uuid_is_no_derived_uetr() =>
        Assert.DoesNotContain(Enumerable.Range(0, 10_000), static _ => DerivedUetr.TryPayment(Guid.NewGuid(), out var ignored));

    [Theory]
    [InlineData("123456789", true)]
    [InlineData("merchant_7:balance", true)]
    [InlineData("a", true)]
    [InlineData("", false)]
    [InlineData(":balance", false)]
    [InlineData("with space", false)]
    [InlineData("ümlaut", false)]
    [InlineData("0123456789012345678901234567890123", true)]
    [InlineData("01234567890123456789012345678901234", false)]
    public void An_account_id_is_1_to_34_characters_of_its_alphabet(string text, bool valid) =>
        Assert.Equal(valid, AccountId.TryParse(text, out _));

    [Fact]
    public void The_shard_key_places_all_accounts_of_a_merchant_together_for_ever()
    {
        Assert.Equal(Bucket.Of(AccountId.Parse("merchant_7")), Bucket.Of(AccountId.Parse("merchant_7:balance")));
        // These numbers are in payment ids that customers hold.
        Assert.Equal(522, Bucket.Of(AccountId.Parse("123456789")));
        Assert.Equal(3658, Bucket.Of(AccountId.Parse("sandbox_0001")));
    }

    [Fact]
    public void Buckets_are_spread_evenly()
    {
        var counts = new int[64];
        for (var i = 0; i < 64_000; i++)
            counts[Bucket.Of(AccountId.Parse($"sandbox_{i:0000}")) % 64]++;
        Assert.All(counts, static count => Assert.InRange(count, 800, 1_200));
    }

    [Fact]
    public void One_key_in_two_scopes_is_two_keys_that_stand_together()
    {
        var (first, last) = IdempotencyKey.RangeOf(1, "order-42");
        var one = IdempotencyKey.Of(1, "order-42", "123456789");
        var other = IdempotencyKey.Of(1, "order-42", "987654321");
        Assert.NotEqual(one, other);
        Assert.InRange(one.Value, first.Value, last.Value);
        Assert.InRange(other.Value, first.Value, last.Value);
        Assert.False(IdempotencyKey.Of(2, "order-42", "123456789").Value >= first.Value && IdempotencyKey.Of(2, "order-42", "123456789").Value <= last.Value);
    }
}
