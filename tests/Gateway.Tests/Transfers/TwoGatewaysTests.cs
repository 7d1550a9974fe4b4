using System.Buffers.Binary;
using System.Net;
using System.Security.Cryptography;
using System.Text;

namespace Gateway.Tests.Transfers;

/// <summary>Two processes on one ledger, each of which records payments under ids of its own.</summary>
public sealed class TwoGatewaysTests(TwoShards two) : IClassFixture<TwoShards>
{
    [Fact]
    public async Task The_list_of_payments_goes_by_time_whoever_recorded_them()
    {
        await using var another = await two.StartAnother();
        using var api = another.Api();
        var (debtor, creditor) = (await two.Account(0, "100.00"), await two.Account(0));
        var (farDebtor, far) = (await two.Account(1, "100.00"), await two.Account(1));
        // The second process has the higher ids, whenever it uses them.
        var (older, far1) = (await Pay(api, debtor, creditor), await Pay(api, farDebtor, far));
        (await two.Bank.Post("/sandbox/clock/advance", """{"seconds":7200}""")).Is(HttpStatusCode.OK);
        var (newer, far2) = (await Pay(two.Bank, debtor, creditor), await Pay(two.Bank, farDebtor, far));
        string[] newestFirst = [far2["id"], newer["id"], far1["id"], older["id"]];
        foreach (var reader in new[] { two.Bank, api })
        {
            Assert.Equal(newestFirst, await Ids(reader, "/payments?limit=4"));
            Assert.Equal(newestFirst[..2], await Ids(reader, $"/payments?createdFrom={newer["createdAt"]}"));
            Assert.Equal(newestFirst[2..], await Ids(reader, $"/payments?createdTo={newer["createdAt"]}&limit=2"));
            Assert.Equal(newestFirst[1..3], await Ids(reader, $"/payments?createdFrom={far1["createdAt"]}&createdTo={far2["createdAt"]}"));
            var pages = new List<string>();
            for (var path = "/payments?limit=1"; pages.Count < 4; path = $"/payments?limit=1&after={(await reader.Get(path))["next"]}")
                pages.AddRange(await Ids(reader, path));
            Assert.Equal(newestFirst, pages);
        }
    }

    [Fact]
    public async Task What_a_caller_asked_for_is_kept_under_hashes_that_need_the_key_and_are_every_process_s()
    {
        var (debtor, creditor) = (await two.Account(0, "100.00"), await two.Account(0));
        const string EndToEnd = "PATIENT-0815", More = ""","endToEndId":"PATIENT-0815" """;
        var key = two.Key();
        var payment = (await two.Bank.Post("/payments", SharedServer.Body(debtor, creditor, "10.00", More), key)).Is(HttpStatusCode.Created);
        await using var another = await two.StartAnother();
        using var api = another.Api();
        var again = (await api.Post("/payments", SharedServer.Body(debtor, creditor, "10.00", More), key)).Is(HttpStatusCode.Created);
        Assert.Equal((payment.Text, true), (again.Text, again.IsReplay));
        (await api.Post("/payments", SharedServer.Body(debtor, creditor, "10.01", More), key)).IsProblem(422, "idempotency_key_reused");
        Assert.Equal([payment["id"]], await Ids(api, "/payments?endToEndId=" + EndToEnd));

        // As releases before hashed it: it is found no less, and is what nobody may find in the ledger now.
        var plain = BinaryPrimitives.ReadInt64BigEndian(SHA256.HashData(Encoding.UTF8.GetBytes("e:" + EndToEnd)));
        Assert.Equal(0L, two.Scalar(0, $"select count(*) from reference where hash = {plain}"));
        two.Execute(0, $"update reference set hash = {plain} where row = (select max(row) from reference)");
        Assert.Equal([payment["id"]], await Ids(api, "/payments?endToEndId=" + EndToEnd));
    }

    private static async Task<Answer> Pay(Api api, string debtor, string creditor) =>
        (await api.Post("/payments", SharedServer.Body(debtor, creditor, "1.00"), Guid.NewGuid().ToString())).Is(HttpStatusCode.Created);

    private static async Task<string[]> Ids(Api api, string path) =>
        [.. (await api.Get(path)).Is(HttpStatusCode.OK).Json.GetProperty("data").EnumerateArray().Select(static payment => payment.GetProperty("id").GetString()!)];
}
