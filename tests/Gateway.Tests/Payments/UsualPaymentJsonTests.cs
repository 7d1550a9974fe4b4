using System.Buffers;
using System.Text;
using Gateway.Payments;
using Gateway.Wire;
using Grains.Interfaces.Accounts;
using Grains.Interfaces.Values;

namespace Gateway.Tests.Payments;

public sealed class UsualPaymentJsonTests
{
    private static readonly string[] Texts = [" ", "Invoice 12345", "a/b<c>&d'e+f`~", new string('~', 140)];

    private static readonly PaymentAnswer Plain = new()
    {
        Id = new PaymentId(17, 4_711_000_815),
        Status = PaymentStatus.Settled,
        Amount = new Money(15_000, Currency.Usd),
        Debtor = AccountId.Parse("merchant_7:balance"),
        Creditor = AccountId.Parse("987654321"),
        CreatedAt = DateTimeOffset.FromUnixTimeMilliseconds(1_795_000_000_007),
    };

    [Fact]
    public void It_says_what_the_general_writer_says_in_the_same_bytes()
    {
        var payments = new List<PaymentAnswer>
        {
            Plain,
            Plain with { Amount = new Money(1, Currency.Parse("JPY")), SettledAt = Plain.CreatedAt.AddMilliseconds(999) },
            Plain with { Amount = new Money(Money.MaxPaymentMinorUnits, Currency.Parse("KWD")), Uetr = Guid.Parse("0f2f5c3e-6f0a-4d53-9d8e-0a1b2c3d4e5f") },
        };
        foreach (var text in Texts)
        {
            payments.Add(Plain with { Personal = new PersonalFields { RemittanceInfo = text } });
            payments.Add(Plain with { Personal = new PersonalFields { EndToEndId = text, DeviceId = text } });
            payments.Add(Plain with { Personal = new PersonalFields { DebtorName = text, CreditorName = text, Purpose = text, IpAddress = "::1" } });
        }

        foreach (var payment in payments)
            Assert.Equal(General(payment), Usual(payment));
    }

    [Fact]
    public void Whatever_it_cannot_say_it_leaves_to_the_general_writer()
    {
        foreach (var text in new[] { "\"", "\\", "é", "€", "𝄞", "\u007f", "a\tb", new string('é', 140) })
        {
            Assert.Null(Usual(Plain with { Personal = new PersonalFields { RemittanceInfo = text } }));
            Assert.Null(Usual(Plain with { Personal = new PersonalFields { EndToEndId = text } }));
            Assert.Null(Usual(Plain with { Personal = new PersonalFields { DeviceId = text } }));
        }

        var longText = new string('x', UsualPaymentJson.MaxLength);
        Assert.Null(Usual(Plain with { Personal = new PersonalFields { RemittanceInfo = longText } }));
        Assert.Null(Usual(Plain with { Personal = new PersonalFields { Location = new Place(1.5m, -2, "here") } }));
        Assert.Null(Usual(Plain with { Personal = new PersonalFields { Metadata = [new MetadataPair("order", "7")] } }));
        Assert.Null(Usual(Plain with { Status = PaymentStatus.Pending }));
        Assert.Null(Usual(Plain with { Status = PaymentStatus.Rejected, Reason = Reason.InsufficientFunds }));
        Assert.Null(Usual(Plain with { ReturnOf = new PaymentId(1, 2), ReturnReason = "AC03" }));
    }

    [Fact]
    public void The_longest_texts_fit()
    {
        var text = new string('x', 140);
        var personal = new PersonalFields { RemittanceInfo = text, EndToEndId = text, DebtorName = text, CreditorName = text, Purpose = text, IpAddress = text, DeviceId = text };
        var (debtor, creditor) = (AccountId.Parse(new string('d', AccountId.MaxLength)), AccountId.Parse(new string('c', AccountId.MaxLength)));
        var payment = Plain with { Debtor = debtor, Creditor = creditor, Personal = personal, Amount = new Money(Money.MaxPaymentMinorUnits, Currency.Usd) };
        Assert.Equal(General(payment), Usual(payment));
    }

    private static string? Usual(PaymentAnswer payment)
    {
        var bytes = new byte[UsualPaymentJson.MaxLength];
        var length = UsualPaymentJson.Write(payment, bytes);
        return length == 0 ? null : Encoding.UTF8.GetString(bytes, 0, length);
    }

    private static string General(PaymentAnswer payment)
    {
        var buffer = new ArrayBufferWriter<byte>();
        using (var json = JsonReply.On(buffer))
            PaymentJson.Write(json, payment, null);
        return Encoding.UTF8.GetString(buffer.WrittenSpan);
    }
}
