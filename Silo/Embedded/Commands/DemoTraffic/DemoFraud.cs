using System.Text.Json;

namespace Silo.Embedded.Commands.DemoTraffic;

/// <summary>
/// The town with thieves in it. Its people pay where they live and with their own devices; among their payments come those of schemes:
/// somebody pays from half the earth away, an account that slept pays again and again, many pay one who pays it on, a first
/// payment to somebody is high, an amount is cut into pieces below a threshold, a device was never seen. Several schemes run at a
/// time, each step after the one before.
/// </summary>
internal sealed class DemoFraud(Random random) : IDemoStory
{
    /// <summary>A business that has enough to cut into pieces; a merchant of the town otherwise.</summary>
    public const string RichAccount = "sandbox_1000";

    /// <summary>The accounts above have roles in schemes, or sleep until one wakes them.</summary>
    private const int People = 860;

    private const int FirstSleeper = 861;
    private const int Sleepers = 20;
    private const int FirstMule = 881;
    private const int Mules = 20;

    /// <summary>Of a thousand requests, so many are a step of a scheme.</summary>
    private const int StepsPerMille = 80;

    private const int MaxSchemes = 6;

    private readonly Lock gate = new();
    private readonly DemoPayments town = new(random) { People = People, WithPlaces = true };
    private readonly List<Queue<DemoRequest>> schemes = [];
    private readonly string run = random.Next(int.MaxValue).ToString("x8");
    private int made;

    public DemoRequest Next()
    {
        lock (gate)
        {
            if (random.Next(1_000) >= StepsPerMille)
                return town.Next();
            if (schemes.Count < MaxSchemes)
                schemes.Add(new Queue<DemoRequest>(Scheme()));
            var scheme = schemes[random.Next(schemes.Count)];
            var step = scheme.Dequeue();
            if (scheme.Count == 0)
                schemes.Remove(scheme);
            return step;
        }
    }

    public void Settled(DemoRequest request, string id)
    {
        lock (gate)
            town.Settled(request, id);
    }

    private IEnumerable<DemoRequest> Scheme() => random.Next(6) switch
    {
        0 or 1 => ImpossibleTravel(),
        2 => WokenAccount(),
        3 => FanIn(),
        4 => NewCounterparty(),
        _ => random.Next(2) == 0 ? Structuring() : NewDevice(),
    };

    private IEnumerable<DemoRequest> ImpossibleTravel()
    {
        var person = Person();
        yield return Step(Account(person), Account(Merchant()), random.Next(300, 4_000), "Coffee", DemoCities.HomeOf(person), DemoPayments.DeviceOf(person));
        yield return Step(Account(person), Account(Merchant()), random.Next(8_000, 60_000), "Electronics", DemoCities.FarFrom(person), DemoPayments.DeviceOf(person));
    }

    private IEnumerable<DemoRequest> WokenAccount()
    {
        var sleeper = FirstSleeper + random.Next(Sleepers);
        for (var payments = random.Next(6, 12); payments > 0; payments--)
            yield return Step(Account(sleeper), Account(Merchant()), random.Next(2_000, 20_000), "Voucher", DemoCities.HomeOf(sleeper), DemoPayments.DeviceOf(sleeper));
    }

    private IEnumerable<DemoRequest> FanIn()
    {
        var mule = FirstMule + random.Next(Mules);
        var sum = 0;
        for (var payers = random.Next(6, 10); payers > 0; payers--)
        {
            var (person, cents) = (Person(), random.Next(15_000, 40_000));
            sum += cents;
            yield return Step(Account(person), Account(mule), cents, "Deposit for the flat", DemoCities.HomeOf(person), DemoPayments.DeviceOf(person));
        }

        yield return Step(Account(mule), Account(FirstMule + (mule - FirstMule + 1) % Mules), sum / 100 * 97, "As agreed", DemoCities.FarFrom(mule), DemoPayments.DeviceOf(mule));
    }

    private IEnumerable<DemoRequest> NewCounterparty()
    {
        var person = Person();
        var stranger = FirstMule + random.Next(Mules);
        yield return Step(Account(person), Account(stranger), random.Next(150_000, 300_000), "Safe account, as the bank told me", DemoCities.HomeOf(person), DemoPayments.DeviceOf(person));
    }

    private IEnumerable<DemoRequest> Structuring()
    {
        for (var pieces = random.Next(3, 6); pieces > 0; pieces--)
            yield return Step(RichAccount, Account(FirstMule + random.Next(Mules)), random.Next(910_000, 999_900), "Consulting", null, null);
    }

    private IEnumerable<DemoRequest> NewDevice()
    {
        var person = Person();
        yield return Step(Account(person), Account(Merchant()), random.Next(60_000, 120_000), "Gift cards", DemoCities.HomeOf(person), $"device-new-{run}-{made}");
    }

    private DemoRequest Step(string debtor, string creditor, int cents, string remittance, DemoCity? place, string? device)
    {
        var body = new Dictionary<string, object>
        {
            ["amount"] = $"{cents / 100}.{cents % 100:00}",
            ["currency"] = "USD",
            ["debtorAccount"] = debtor,
            ["creditorAccount"] = creditor,
            ["remittanceInfo"] = remittance,
        };
        if (place is not null)
            body["location"] = new { latitude = place.Latitude, longitude = place.Longitude, name = place.Name };
        if (device is not null)
            body["deviceId"] = device;
        return new DemoRequest(DemoKind.Scheme, "/payments", JsonSerializer.SerializeToUtf8Bytes(body), $"scheme-{run}-{++made}");
    }

    private int Person() => random.Next(1, People + 1);

    private int Merchant() => random.Next(901, DemoPayments.Accounts);

    private static string Account(int number) => DemoPayments.Account(number);
}
