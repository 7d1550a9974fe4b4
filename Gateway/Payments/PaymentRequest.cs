using System.Net;
using System.Text;
using System.Text.Json;
using Gateway.Idempotency;
using Gateway.Problems;
using Gateway.Wire;
using Grains.Interfaces.Accounts;
using Grains.Interfaces.Values;

namespace Gateway.Payments;

/// <summary>
/// A payment as its caller asks for it: read strictly from JSON (no unknown, duplicate or wrongly typed field), every refused
/// field named. What needs the accounts is checked by <see cref="PaymentAccounts"/>.
/// </summary>
internal sealed class PaymentRequest
{
    private const int MaxAmountText = 40;
    private const int MaxText = 140;
    private const int MaxReference = 35;
    private const int MaxDeviceId = 128;

    /// <summary>The currency with the most minor digits, by which an amount is judged whose currency is refused.</summary>
    private static readonly Currency Finest = Grains.Interfaces.Values.Currency.Parse("CLF");

    public Money Amount { get; private set; }

    public Currency? Currency { get; private set; }

    public AccountId? Debtor { get; private set; }

    public AccountId? Creditor { get; private set; }

    /// <summary>The scope of its idempotency key, once its debtor is found.</summary>
    public ulong KeyScope { get; set; }

    /// <summary>The debtor account's number, once it is found.</summary>
    public long DebtorNumber { get; set; }

    public Guid? Uetr { get; private set; }

    /// <summary>Of a batch's item.</summary>
    public string? IdempotencyKey { get; private set; }

    public PersonalFields Personal { get; private set; } = PersonalFields.None;

    /// <summary>Personal fields on their way into <see cref="Personal"/>.</summary>
    private struct PersonalParts
    {
        public string? RemittanceInfo, EndToEndId, DebtorName, CreditorName, Purpose, IpAddress, DeviceId;
        public Place? Location;
        public IReadOnlyList<MetadataPair>? Metadata;

        public readonly PersonalFields ToFields() => new()
        {
            RemittanceInfo = RemittanceInfo,
            EndToEndId = EndToEndId,
            DebtorName = DebtorName,
            CreditorName = CreditorName,
            Purpose = Purpose,
            Location = Location,
            IpAddress = IpAddress,
            DeviceId = DeviceId,
            Metadata = Metadata,
        };
    }

    /// <summary>Reads the object at the reader.</summary>
    public static PaymentRequest Read(ref Utf8JsonReader reader, ItemPath at, string routingNumber, FieldErrors errors)
    {
        var request = new PaymentRequest();
        var seen = PaymentField.Unknown;
        Span<char> amount = stackalloc char[MaxAmountText];
        var amountLength = -1;
        var personal = default(PersonalParts);
        while (reader.Read() && reader.TokenType == JsonTokenType.PropertyName)
        {
            var field = PaymentFieldName.At(ref reader);
            if (field == PaymentField.Unknown || (field == PaymentField.IdempotencyKey && at.Index < 0))
            {
                errors.Add(at.Of(TextField.Text(ref reader) ?? "?"), "is not a field of a payment.");
                reader.Read();
                reader.Skip();
                continue;
            }

            reader.Read();
            if ((seen & field) != 0)
            {
                errors.Add(at.Of(field.Name()), "is given twice.");
                reader.Skip();
                continue;
            }

            seen |= field;
            if (field == PaymentField.Amount)
                amountLength = ReadAmount(ref reader, at, amount, errors);
            else
                request.ReadField(field, ref reader, ref personal, at, routingNumber, errors);
        }

        for (var missing = PaymentField.Required & ~seen; missing != 0; missing &= missing - 1)
            errors.Add(at.Of(((PaymentField)((int)missing & -(int)missing)).Name()), "is required.");
        if ((seen & PaymentField.Personal) != 0)
            request.Personal = personal.ToFields();
        if (amountLength >= 0)
            request.SetAmount(amount[..amountLength], at, errors);
        if (request.Debtor is { } debtor && request.Creditor == debtor)
            errors.Add(at.Of("creditorAccount"), "must be another account than debtorAccount.");
        return request;
    }

    /// <summary>A hash of all that is asked for.</summary>
    public UInt128 Hash(RequestHashKey key)
    {
        var hash = CanonicalHash.Start((byte)'P');
        hash.Add(1, Amount.MinorUnits);
        hash.Add(2, Amount.Currency.Number);
        hash.Add(3, Debtor!.Value.Value);
        hash.Add(4, Creditor!.Value.Value);
        if (Uetr is { } uetr)
            hash.Add(5, uetr.ToString("N"));
        if (Personal != PersonalFields.None)
            PersonalFieldsReader.AddTo(ref hash, Personal);
        return hash.End(key);
    }

    private void ReadField(PaymentField field, ref Utf8JsonReader reader, ref PersonalParts personal, ItemPath at, string routingNumber, FieldErrors errors)
    {
        switch (field)
        {
            case PaymentField.Currency: Currency = ReadCurrency(ref reader, at, errors); break;
            case PaymentField.DebtorAccount: Debtor = ReadAccount(ref reader, at, "debtorAccount", errors); break;
            case PaymentField.CreditorAccount: Creditor = ReadAccount(ref reader, at, "creditorAccount", errors); break;
            case PaymentField.RemittanceInfo: personal.RemittanceInfo = TextField.Read(ref reader, at, "remittanceInfo", MaxText, TextKind.Free, errors); break;
            case PaymentField.EndToEndId: personal.EndToEndId = TextField.Read(ref reader, at, "endToEndId", MaxReference, TextKind.Identifier, errors); break;
            case PaymentField.DebtorName: personal.DebtorName = TextField.Read(ref reader, at, "debtorName", MaxText, TextKind.Free, errors); break;
            case PaymentField.CreditorName: personal.CreditorName = TextField.Read(ref reader, at, "creditorName", MaxText, TextKind.Free, errors); break;
            case PaymentField.Purpose: personal.Purpose = TextField.Read(ref reader, at, "purpose", MaxText, TextKind.Free, errors); break;
            case PaymentField.DeviceId: personal.DeviceId = TextField.Read(ref reader, at, "deviceId", MaxDeviceId, TextKind.Identifier, errors); break;
            case PaymentField.IpAddress: personal.IpAddress = ReadIpAddress(ref reader, at, errors); break;
            case PaymentField.Location: personal.Location = PersonalFieldsReader.ReadLocation(ref reader, at, errors); break;
            case PaymentField.Metadata: personal.Metadata = PersonalFieldsReader.ReadMetadata(ref reader, at, errors); break;
            case PaymentField.Uetr: Uetr = ReadUetr(ref reader, at, errors); break;
            case PaymentField.CreditorAgent: CheckCreditorAgent(ref reader, at, routingNumber, errors); break;
            case PaymentField.IdempotencyKey: IdempotencyKey = ReadKey(ref reader, at, errors); break;
            case PaymentField.Unknown or PaymentField.Amount or PaymentField.Required or PaymentField.Personal:
            default: throw new InvalidOperationException($"{field} is not read here.");
        }
    }

    // The currency may come later in the body: the text is kept, and judged at the end.
    private static int ReadAmount(ref Utf8JsonReader reader, ItemPath at, scoped Span<char> text, FieldErrors errors)
    {
        if (reader.TokenType != JsonTokenType.String)
        {
            errors.Add(at.Of("amount"), "must be a decimal string such as \"150.00\".");
            reader.Skip();
            return -1;
        }

        if (!reader.ValueIsEscaped && reader.ValueSpan.Length <= text.Length && Ascii.ToUtf16(reader.ValueSpan, text, out var length) == System.Buffers.OperationStatus.Done)
            return length;
        errors.Add(at.Of("amount"), "is not an amount.");
        return -1;
    }

    private void SetAmount(ReadOnlySpan<char> text, ItemPath at, FieldErrors errors)
    {
        var currency = Currency ?? Finest;
        if (!Money.TryParse(text, currency, out var amount))
            errors.Add(at.Of("amount"), $"must be digits, with at most {currency.MinorDigits} of them after one point ({currency.Code}).");
        else if (amount.MinorUnits == 0)
            errors.Add(at.Of("amount"), "must be more than zero.");
        else if (amount.MinorUnits > Money.MaxPaymentMinorUnits)
            errors.Add(at.Of("amount"), $"must be at most {new Money(Money.MaxPaymentMinorUnits, currency).ToDecimalString()}.");
        else
            Amount = amount;
    }

    private static Currency? ReadCurrency(ref Utf8JsonReader reader, ItemPath at, FieldErrors errors)
    {
        Span<char> letters = stackalloc char[3];
        if (reader.TokenType == JsonTokenType.String && reader.ValueSpan.Length == 3 && !reader.ValueIsEscaped
            && Ascii.ToUtf16(reader.ValueSpan, letters, out _) == System.Buffers.OperationStatus.Done
            && Grains.Interfaces.Values.Currency.TryParse(letters, out var currency))
            return currency;
        errors.Add(at.Of("currency"), "must be an ISO 4217 code such as \"USD\".");
        reader.Skip();
        return null;
    }

    private static AccountId? ReadAccount(ref Utf8JsonReader reader, ItemPath at, string field, FieldErrors errors)
    {
        if (reader.TokenType == JsonTokenType.String && AccountId.TryParse(TextField.Text(ref reader), out var id))
            return id;
        errors.Add(at.Of(field), $"must be an account id: a string of 1 to {AccountId.MaxLength} of A-Z a-z 0-9 : _ -.");
        reader.Skip();
        return null;
    }

    private static Guid? ReadUetr(ref Utf8JsonReader reader, ItemPath at, FieldErrors errors)
    {
        if (reader.TokenType == JsonTokenType.String && Guid.TryParseExact(TextField.Text(ref reader), "D", out var uetr) && uetr.Version == 4 && uetr.Variant is >= 8 and <= 11)
            return uetr;
        errors.Add(at.Of("uetr"), "must be a UUID of version 4.");
        reader.Skip();
        return null;
    }

    private static string? ReadIpAddress(ref Utf8JsonReader reader, ItemPath at, FieldErrors errors)
    {
        if (reader.TokenType == JsonTokenType.String && TextField.Text(ref reader) is { Length: <= 45 } text && text.AsSpan().ContainsAny('.', ':') && IPAddress.TryParse(text, out var address) && !text.Contains('%', StringComparison.Ordinal)
            && (address.AddressFamily != System.Net.Sockets.AddressFamily.InterNetwork || text.Count(static character => character == '.') == 3))
            return text;
        errors.Add(at.Of("ipAddress"), "must be an IPv4 or IPv6 address.");
        reader.Skip();
        return null;
    }

    private static void CheckCreditorAgent(ref Utf8JsonReader reader, ItemPath at, string routingNumber, FieldErrors errors)
    {
        if (reader.TokenType != JsonTokenType.String)
        {
            errors.Add(at.Of("creditorAgent"), "must be a string.");
            reader.Skip();
            return;
        }

        var text = TextField.Text(ref reader);
        if (text == routingNumber)
            return;
        var message = text is not null && RoutingNumber.IsValid(text) ? "is another institution's, to which no rail is connected." : "is not a valid ABA routing number.";
        errors.Add(at.Of("creditorAgent"), message, ProblemCode.CreditorAgentNotReachable);
    }

    private static string? ReadKey(ref Utf8JsonReader reader, ItemPath at, FieldErrors errors)
    {
        if (reader.TokenType == JsonTokenType.String && TextField.Text(ref reader) is { } key && IdempotencyHeader.IsKey(key))
            return key;
        errors.Add(at.Of("idempotencyKey"), "must be a string of 1 to 255 printable ASCII characters.");
        reader.Skip();
        return null;
    }
}
