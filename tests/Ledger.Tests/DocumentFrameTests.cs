using System.Buffers;
using System.Security.Cryptography;
using System.Text;
using Ledger.Documents;

namespace Ledger.Tests;

/// <summary>Frames come back as they went, those of earlier releases, too; what is damaged is told, and reads nothing else.</summary>
public sealed class DocumentFrameTests
{
    private static readonly DocumentState[] Few =
    [
        State(3, 102_010, 4, """{"id":"pi_01c8000000000cefbm4nv6fcye","amount":2000,"metadata":{},"status":"processing"}""", """{"attempts":2}"""),
        State(64, long.MaxValue, int.MaxValue, "", "secret"),
        State(3, 102_010, 5, """{"id":"pi_01c8000000000cefbm4nv6fcye","amount":2000,"metadata":{},"status":"succeeded"}""", ""),
    ];

    [Fact]
    public void What_was_written_is_read()
    {
        var writer = new DocumentFrameWriter();
        Same(Few, DocumentFrame.Decode(Encode(writer, Few)));
        Same([], DocumentFrame.Decode(Encode(writer, [])));
        var random = new Random(5);
        for (var i = 0; i < 500; i++)
        {
            var states = Enumerable.Range(0, random.Next(1, 12)).Select(_ => Any(random)).ToArray();
            Same(states, DocumentFrame.Decode(Encode(writer, states)));
        }
    }

    [Fact]
    public void Like_states_take_less_than_a_third()
    {
        var states = Enumerable.Range(0, 4).SelectMany(static _ => Few).ToArray();
        var frame = Encode(new DocumentFrameWriter(), states);
        Assert.True(3 * frame.Length < states.Sum(static state => state.Public.Length + state.Private.Length), $"{frame.Length} bytes");
    }

    [Theory]
    [InlineData("01030000000000018E7A00000004000000020000000E7B7D7B22617474656D707473223A327D", 3, 102_010, 4, "{}", """{"attempts":2}""")]
    [InlineData("0228B52FFD2071450200E402695F30316338303030636566626D346E763666637965222C223A3230303073223A327D03FA9C0604580E000000070700BA8305EC0E72E8292C80BB1915CAE55C75436E42C035", 3, 102_010, 4, """{"id":"pi_01c8000000000cefbm4nv6fcye","amount":2000,"metadata":{},"status":"processing"}""", """{"attempts":2}""")]
    public void Frames_of_every_release_are_read(string frame, byte kind, long number, int version, string shown, string kept) =>
        Same([State(kind, number, version, shown, kept)], DocumentFrame.Decode(Convert.FromHexString(frame)));

    // Whoever changes it cannot read what was packed against it.
    [Fact]
    public void The_dictionary_is_the_one_that_frames_were_packed_against() =>
        Assert.Equal("22C8C07200C7A2A94F2FFCF18FF73E99E22534513BDE0A1A945927BA699F31C4", Convert.ToHexString(SHA256.HashData(FrameDictionary.Text)));

    [Fact]
    public void What_is_damaged_is_refused_or_reads_as_other_content_but_never_out_of_bounds()
    {
        var frame = Encode(new DocumentFrameWriter(), Few);
        var random = new Random(8);
        var refused = 0;
        for (var i = 0; i < 5_000; i++)
        {
            var damaged = frame.ToArray();
            if (i < frame.Length)
                damaged = damaged[..i];
            else
                damaged[random.Next(1, damaged.Length)] = (byte)random.Next(256);
            try
            {
                DocumentFrame.Decode(damaged);
            }
            catch (InvalidDataException)
            {
                refused++;
            }
        }

        // All that were cut off, at least.
        Assert.InRange(refused, frame.Length, 5_000);
    }

    private static byte[] Encode(DocumentFrameWriter writer, DocumentState[] states)
    {
        foreach (var state in states)
        {
            writer.Write(state.Public.Span);
            writer.Write(state.Private.Span);
            writer.Add(state.Kind, state.Number, state.Version, state.Public.Length, state.Private.Length);
        }

        return writer.Encode().ToArray();
    }

    private static DocumentState State(byte kind, long number, int version, string shown, string kept) => new(kind, number, version, Encoding.UTF8.GetBytes(shown), Encoding.UTF8.GetBytes(kept));

    // Noise, runs, and copies of near and far: what a packer may get wrong.
    private static DocumentState Any(Random random)
    {
        var content = new byte[random.Next(4) switch { 0 => random.Next(20), 1 => random.Next(300), 2 => random.Next(5_000), _ => random.Next(200_000) }];
        for (var at = 0; at < content.Length;)
        {
            var piece = content.AsSpan(at, Math.Min(random.Next(1, 600), content.Length - at));
            switch (random.Next(4))
            {
                case 0:
                    random.NextBytes(piece);
                    break;
                case 1:
                    piece.Fill((byte)random.Next(256));
                    break;
                case 2 when at > piece.Length:
                    content.AsSpan(random.Next(at - piece.Length), piece.Length).CopyTo(piece);
                    break;
                default:
                    FrameDictionary.Text.Slice(random.Next(1_000), Math.Min(piece.Length, 1_000)).CopyTo(piece);
                    break;
            }

            at += piece.Length;
        }

        var shown = random.Next(content.Length + 1);
        return new DocumentState((byte)random.Next(256), random.NextInt64(), random.Next(), content.AsMemory(0, shown), content.AsMemory(shown));
    }

    private static void Same(IEnumerable<DocumentState> expected, IEnumerable<DocumentState> actual) => Assert.Equal(expected.Select(Text), actual.Select(Text));

    private static string Text(DocumentState state) =>
        $"{state.Kind} {state.Number} {state.Version} {Convert.ToHexString(state.Public.Span)} {Convert.ToHexString(state.Private.Span)}";
}
