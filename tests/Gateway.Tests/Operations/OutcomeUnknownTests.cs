using System.Net;

namespace Gateway.Tests.Operations;

/// <summary>A commit that hangs: whoever waited is told that we do not know, and asked again with the same key we do.</summary>
public sealed class OutcomeUnknownTests
{
    /// <summary>Far longer than a request may wait for its grain here.</summary>
    private const int CommitDelayMs = 5_000;

    [Fact]
    public async Task What_hangs_is_answered_504_and_its_key_asked_again_gets_the_one_outcome()
    {
        await using var server = await GatewayServer.Start(settings: ("Payments:Gateway:GrainTimeoutMs", "1000"));
        using var bank = server.Api();
        var original = (await bank.Post("/payments", SharedServer.Body("123456789", "987654321", "10.00"), "original")).Is(HttpStatusCode.Created);
        (string Path, string Body, int Status)[] requests =
        [
            ("/payments", SharedServer.Body("123456789", "987654321", "1.00"), 201),
            ($"/payments/{original["id"]}/return", """{"amount":"3.00","reason":"CUST"}""", 201),
            ("/accounts", """{"id":"hanging","currency":"USD"}""", 201),
            ("/accounts/sandbox_0007/freeze", "{}", 200),
            ("/sandbox/accounts/sandbox_0008/fund", """{"amount":"1.00"}""", 200),
        ];
        (await bank.Post("/sandbox/faults", $$"""{"ledger":"delay","milliseconds":{{CommitDelayMs}}}""")).Is(HttpStatusCode.OK);

        var hanging = requests.Select((request, i) => bank.Post(request.Path, request.Body, $"hangs-{i}")).ToList();
        var batch = bank.Post("/payments/batch", $"[{SharedServer.Body("sandbox_0001", "sandbox_0002", "1.00", ""","idempotencyKey":"hangs" """)}]");
        foreach (var answer in await Task.WhenAll(hanging))
            Assert.Equal("504", answer.IsProblem(504, "outcome_unknown").Json.GetProperty("status").ToString());
        var item = Assert.Single((await batch).Is(HttpStatusCode.OK).Json.EnumerateArray());
        Assert.Equal((504, "outcome_unknown"), (item.GetProperty("status").GetInt32(), item.GetProperty("problem").GetProperty("code").GetString()));

        (await bank.Send(HttpMethod.Delete, "/sandbox/faults")).Is(HttpStatusCode.OK);
        for (var i = 0; i < requests.Length; i++)
        {
            var (path, body, status) = requests[i];
            var answer = await Ask(() => bank.Post(path, body, $"hangs-{i}"), static answer => answer.Status is HttpStatusCode.GatewayTimeout or HttpStatusCode.Conflict);
            Assert.True(status == (int)answer.Status && answer.IsReplay, $"{path}: {(int)answer.Status} {answer.Text}");
        }

        var again = await Ask(
            () => bank.Post("/payments/batch", $"[{SharedServer.Body("sandbox_0001", "sandbox_0002", "1.00", ""","idempotencyKey":"hangs" """)}]"),
            static answer => answer.Json[0].GetProperty("status").GetInt32() is 504 or 409);
        Assert.Equal(201, again.Json[0].GetProperty("status").GetInt32());

        // Each once: ten went, three came back, one went.
        Assert.Equal("8.00", Posted(await bank.Get("/accounts/987654321")));
        Assert.Equal("10001.00", Posted(await bank.Get("/accounts/sandbox_0008")));
        Assert.Equal("9999.00", Posted(await bank.Get("/accounts/sandbox_0001")));
        Assert.Equal("frozen", (await bank.Get("/accounts/sandbox_0007"))["status"]);

        static string? Posted(Answer account) => account.Json.GetProperty("balance").GetProperty("posted").GetString();
    }

    // Its commit may still be under way.
    private static async Task<Answer> Ask(Func<Task<Answer>> ask, Func<Answer, bool> isUnknown)
    {
        var answer = await ask();
        for (var tries = 1; isUnknown(answer); tries++)
        {
            Assert.True(tries < 60, $"Still unknown: {answer.Text}");
            await Task.Delay(100);
            answer = await ask();
        }

        return answer;
    }
}
