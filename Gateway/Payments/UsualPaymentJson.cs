using System.Buffers;
using Gateway.Wire;
using Grains.Interfaces.Accounts;
using Grains.Interfaces.Values;
using Ledger;

namespace Gateway.Payments;

/// <summary>
/// The first answer of a payment as nearly every one is: settled, with a few texts that need no escape. Its bytes are put together
/// from what never changes and what does, in less than half of the time of a writer that looks at each name and text. Whatever is not
/// usual is left to <see cref="PaymentJson"/>, which says the same in the same bytes.
/// </summary>
internal ref struct UsualPaymentJson
{
    /// <summary>Room for any usual payment.</summary>
    public const int MaxLength = 2_048;

    /// <summary>What is not the caller's text: names, ids, amounts and times.</summary>
    private const int MaxFixed = 768;

    // ASCII but controls, quotes and backslashes; the writer of the others escapes nothing else of it.
    private static readonly SearchValues<byte> Plain =
        SearchValues.Create([.. Enumerable.Range(' ', '~' - ' ' + 1).Select(static character => (byte)character).Where(static character => character is not ((byte)'"' or (byte)'\\'))]);

    private readonly Span<byte> output;
    private int length;

    private UsualPaymentJson(Span<byte> output) => this.output = output;

    /// <summary>Writes the payment, and returns how many bytes; 0 where it is not a usual one.</summary>
    public static int Write(PaymentAnswer payment, Span<byte> output)
    {
        if (payment.Status != PaymentStatus.Settled || payment.Reason is not null || payment.ReturnOf is not null || payment.ReturnReason is not null)
            return 0;
        if (payment.Personal is not { Location: null, Metadata: null } personal || Length(personal) > MaxLength - MaxFixed)
            return 0;
        var json = new UsualPaymentJson(output);
        return json.TryWrite(payment, personal) ? json.length : 0;
    }

    private static int Length(PersonalFields personal) =>
        Length(personal.RemittanceInfo) + Length(personal.EndToEndId) + Length(personal.DebtorName) + Length(personal.CreditorName)
        + Length(personal.Purpose) + Length(personal.IpAddress) + Length(personal.DeviceId);

    private static int Length(string? text) => text?.Length ?? 0;

    private bool TryWrite(PaymentAnswer payment, PersonalFields personal)
    {
        var money = payment.Amount;
        Add("{\"id\":\""u8);
        var id = output.Slice(length, Ascii(payment.Id.ToString()));
        Add("\",\"status\":\"settled\",\"isoStatus\":\"ACSC\",\"amount\":\""u8);
        Amount(money);
        Add("\",\"currency\":\""u8);
        Ascii(money.Currency.Code);
        Add("\",\"debtorAccount\":\""u8);
        Ascii(payment.Debtor.Value);
        Add("\",\"creditorAccount\":\""u8);
        Ascii(payment.Creditor.Value);
        if (personal.RemittanceInfo is { } remittance)
        {
            Add("\",\"remittanceInfo\":\""u8);
            if (!TryText(remittance))
                return false;
            Add("\",\"endToEndId\":\""u8);
        }
        else
        {
            Add("\",\"remittanceInfo\":null,\"endToEndId\":\""u8);
        }

        if (personal.EndToEndId is null)
            Add(id);
        else if (!TryText(personal.EndToEndId))
            return false;
        Add("\",\"uetr\":\""u8);
        Uetr(payment.Uetr ?? DerivedUetr.Of(payment.Id));
        Add("\",\"reason\":null,\"amountReturned\":\""u8);
        Amount(Money.Zero(money.Currency));
        Add("\",\"createdAt\":\""u8);
        Time(payment.CreatedAt);
        Add("\",\"settledAt\":\""u8);
        Time(payment.SettledAt ?? payment.CreatedAt);
        return TryOptional(personal);
    }

    private bool TryOptional(PersonalFields personal)
    {
        if (!TryOptional("\",\"debtorName\":\""u8, personal.DebtorName) || !TryOptional("\",\"creditorName\":\""u8, personal.CreditorName)
            || !TryOptional("\",\"purpose\":\""u8, personal.Purpose) || !TryOptional("\",\"ipAddress\":\""u8, personal.IpAddress)
            || !TryOptional("\",\"deviceId\":\""u8, personal.DeviceId))
            return false;
        Add("\"}"u8);
        return true;
    }

    private bool TryOptional(scoped ReadOnlySpan<byte> name, string? text)
    {
        if (text is null)
            return true;
        Add(name);
        return TryText(text);
    }

    private void Add(scoped ReadOnlySpan<byte> bytes)
    {
        bytes.CopyTo(output[length..]);
        length += bytes.Length;
    }

    /// <summary>Of letters that need no look: ids and codes.</summary>
    private int Ascii(scoped ReadOnlySpan<char> text)
    {
        if (System.Text.Ascii.FromUtf16(text, output[length..], out var written) != OperationStatus.Done)
            throw new InvalidOperationException("An id has a letter that none has.");
        length += written;
        return written;
    }

    private bool TryText(string text)
    {
        var rest = output[length..];
        if (System.Text.Ascii.FromUtf16(text, rest, out var written) != OperationStatus.Done || rest[..written].ContainsAnyExcept(Plain))
            return false;
        length += written;
        return true;
    }

    private void Amount(Money money)
    {
        Span<char> text = stackalloc char[24];
        Ascii(text[..money.FormatDecimal(text)]);
    }

    private void Uetr(Guid uetr)
    {
        if (!uetr.TryFormat(output[length..], out var written))
            throw new InvalidOperationException("A UETR is longer than one is.");
        length += written;
    }

    private void Time(DateTimeOffset time)
    {
        JsonForms.FormatTime(time, output[length..]);
        length += JsonForms.TimeLength;
    }
}
