using Grains.Fraud.Entities;
using Grains.Fraud.Features;
using Grains.Interfaces.Accounts;
using Grains.Interfaces.Fraud;
using Ledger.Sealing;

namespace Grains.Fraud;

/// <summary>
/// What every grain of a process decides risk by: the rules, lists and model that are in force. Each is immutable and replaced whole,
/// so that a decision sees one state of each.
/// </summary>
public sealed class RiskDesk(RiskOptions options, MasterKey masterKey, RuleSet rules)
{
    private readonly RiskHash hash = new(masterKey);
    private readonly PayerPlaces places = new(masterKey);
    private volatile RuleSet rules = rules;
    private volatile ListBook lists = ListBook.Empty;
    private volatile IRiskModel? model;

    public RiskOptions Options { get; } = options.Validated();

    public RuleSet Rules
    {
        get => rules;
        set => rules = value;
    }

    public ListBook Lists
    {
        get => lists;
        set => lists = value;
    }

    /// <summary>Null where none is loaded.</summary>
    public IRiskModel? Model
    {
        get => model;
        set => model = value;
    }

    /// <summary>Addresses and devices; null where nobody is asked.</summary>
    public RiskEntities? Entities { get; init; }

    public IncomingCredits Incoming { get; } = new();

    /// <summary>What a payment looks like to the features.</summary>
    /// <param name="around">Which may have the device's hash already: a keyed hash costs more than the rules do.</param>
    public PayerAttempt Attempt(PaymentInstruction payment, Surroundings around) => new(
        payment.Amount.MinorUnits, payment.Amount.Currency, payment.Creditor.Number, PlaceOf(payment.Personal), around.Device != 0 ? around.Device : DeviceOf(payment.Personal));

    /// <summary>How the payer's history keeps a payment that was accepted.</summary>
    /// <param name="creditor">The account that the payment's row credits.</param>
    public PayerItem Item(long id, long timeMs, long amount, long creditor, PersonalFields personal) => new(id, timeMs, amount, creditor, PlaceOf(personal), DeviceOf(personal));

    /// <summary>The deciding step of an instant payment.</summary>
    /// <param name="features">Takes the features; the decision's values are its own, so whoever keeps the one leaves the other alone.</param>
    /// <param name="attempt">The payment as <see cref="Attempt"/> made it.</param>
    public RiskDecision Decide(FeatureVector features, PayerHistory history, IncomingCredits.Account? incoming, Surroundings around, PaymentInstruction payment, in PayerAttempt attempt, long nowMs)
    {
        features.Clear();
        history.Fill(features, attempt, nowMs);
        incoming?.Fill(features, nowMs);
        around.Fill(features);
        var facts = RiskFacts.Of(payment.Amount.Currency);
        if (features.Has(Feature.TravelMetres))
            facts = facts with { TravelFrom = history.LastPlace?.ToString(), TravelTo = attempt.Place?.ToString() };
        facts = lists.Fill(features, new ListedParties(payment.Debtor.Value, payment.Creditor.Id.Value, null, payment.Personal.DeviceId, payment.Personal.IpAddress), nowMs, facts);
        var inForce = rules;
        if (inForce.IsRollingOut)
            facts = facts with { PayerPlace = places.Of(payment.Debtor) };
        return RiskDecider.Decide(inForce, model, features, facts, nowMs, around.FellBack);
    }

    /// <summary>The device's keyed hash; 0 for none.</summary>
    public long DeviceOf(PersonalFields personal) => personal.DeviceId is { } device ? hash.OfDevice(device) : 0;

    /// <summary>The address's keyed hash; 0 for none.</summary>
    public long AddressOf(PersonalFields personal) => AddressOf(personal.IpAddress);

    /// <summary>The address's keyed hash; 0 for none.</summary>
    public long AddressOf(string? address) => address is null ? 0 : hash.OfAddress(address);

    /// <summary>The keyed hash of a card's fingerprint.</summary>
    public long CardOf(string fingerprint) => hash.OfCard(fingerprint);

    private static PlaceMicrodegrees? PlaceOf(PersonalFields personal) => personal.Location is { } place
        ? new PlaceMicrodegrees((int)decimal.Round(place.Latitude * 1_000_000, MidpointRounding.AwayFromZero), (int)decimal.Round(place.Longitude * 1_000_000, MidpointRounding.AwayFromZero), place.Name)
        : null;
}
