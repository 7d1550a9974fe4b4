using System.Net;
using Ledger.Archive;
using Ledger.Postgres;
using Servers;
using Silo.Embedded;

namespace Gateway.Tests.Events;

/// <summary>A subscriber whose events were archived and let go of is told so, and does not miss them unawares.</summary>
public sealed class ExpiredCursorTests
{
    [Theory]
    [InlineData("/events/stream")]
    [InlineData("/fraud/stream")]
    public async Task A_cursor_older_than_the_log_is_answered_with_the_oldest_one(string path)
    {
        var settings = PostgresSettings.Parse(TestPostgres.NewDatabase(), isProduction: false);
        var archive = Directory.CreateTempSubdirectory("gateway-tests-archive-").FullName;
        try
        {
            await using var server = await GatewayServer.Start(_ => OpenLedger.InPostgres([settings], null, TimeProvider.System));
            using var analyst = server.Api(Keys.Analyst);
            using var bank = server.Api();
            for (var i = 0; i < 30; i++)
                (await bank.Post("/payments", SharedServer.Body("123456789", "987654321", "0.01"), $"old-{i}")).Is(HttpStatusCode.Created);
            (await bank.Post("/sandbox/clock/advance", $$"""{"seconds":{{40 * 24 * 60 * 60}}}""")).Is(HttpStatusCode.OK);
            LogArchive.OfDatabase(settings, archive, 10, true, null, CancellationToken.None);
            for (var i = 0; i < 5; i++)
                (await bank.Post("/payments", SharedServer.Body("123456789", "987654321", "0.01"), $"new-{i}")).Is(HttpStatusCode.Created);
            LogArchive.OfDatabase(settings, archive, 10, true, null, CancellationToken.None);
            var border = PostgresPruning.Prune([settings], 0, archive, PostgresPruning.LeastAge, null, CancellationToken.None).Position;
            Assert.True(border > 5);

            var told = (await analyst.Get($"{path}?after=5")).IsProblem(410, "cursor_expired");
            Assert.Equal($"{border}", told["oldest"]);
            foreach (var cursor in new[] { told["oldest"], "0" })
            {
                using var stream = await SseReader.Open(analyst, "?after=" + cursor, path: path);
                Assert.Equal($"{border + 1}", (await stream.Event()).Event.GetProperty("position").GetString());
            }
        }
        finally
        {
            Directory.Delete(archive, recursive: true);
        }
    }
}
