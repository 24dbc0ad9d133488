using FsCheck;
using FsCheck.Fluent;
using KeyRotator.Keys;
using KeyRotator.Secrets;

namespace KeyRotator.Tests.State;

/// <summary>Statuses with every member drawn at random.</summary>
internal static class KeyStatuses
{
    private static readonly Gen<string> s_text = Gen.Elements("a", "", "prod/llm", "it's", "ключ", "\"quoted\"", new string('x', 500));

    private static readonly Gen<string?> s_optional = Gen.OneOf(Gen.Constant((string?)null), s_text.Select(text => (string?)text));

    private static readonly Gen<DateTimeOffset> s_time =
        Gen.Choose(0, int.MaxValue).Select(offset => new DateTimeOffset(2026, 1, 1, 0, 0, 0, TimeSpan.Zero).AddTicks(offset * 997L));

    private static readonly Gen<DateTimeOffset?> s_maybe =
        Gen.OneOf(Gen.Constant((DateTimeOffset?)null), s_time.Select(time => (DateTimeOffset?)time));

    private static readonly Gen<Fingerprint?> s_print = Gen.Choose(0, int.MaxValue)
        .Select(seed => seed % 4 == 0 ? (Fingerprint?)null : Fingerprint.Parse(seed.ToString("x64", null)));

    private static readonly Gen<LocationStatus> s_location =
        from store in s_text
        from field in s_optional
        from version in s_optional
        from print in s_print
        from drift in s_maybe
        from unread in s_maybe
        from follows in Gen.Choose(0, 9)
        select new LocationStatus
        {
            Location = new() { Store = store, Name = "n", Field = field, Follows = follows == 0 ? null : TimeSpan.FromTicks(follows) },
            Version = version,
            Fingerprint = print,
            DriftingSince = drift,
            UnreadSince = unread,
        };

    private static readonly Gen<ModelFacts> s_models =
        from names in s_text.ListOf()
        from at in s_maybe
        from digest in s_optional
        from choice in Gen.Choose(0, 3)
        select choice == 0 ? ModelFacts.None : new ModelFacts
        {
            Missing = choice == 1 ? [.. names] : [],
            Deprecated = choice == 2 ? [.. names.Select(name => new ModelDeprecation(name, at, digest))] : [],
            Floating = choice == 3 ? [.. names] : [],
            ListDigest = digest,
        };

    public static Arbitrary<KeyStatus> Any { get; } = Build().ToArbitrary();

    private static Gen<KeyStatus> Build() =>
        from times in s_maybe.ArrayOf(16)
        from texts in s_optional.ArrayOf(5)
        from numbers in Gen.Choose(0, 1000).ArrayOf(4)
        from print in s_print
        from locations in s_location.ListOf()
        from models in s_models
        select new KeyStatus
        {
            KeyId = KeyId.Parse($"key/{numbers[0]}.{numbers[1]}"),
            Provider = numbers[1] % 2 == 0 ? "mistral" : "azure-eu",
            Version = numbers[0],
            Fingerprint = print,
            FirstSeenAt = times[0],
            ForeignChangeAt = times[1],
            State = Member<KeyState>(numbers[0]),
            Verdict = Member<Verdict>(numbers[1]),
            Reason = Member<VerdictReason>(numbers[2]),
            Code = texts[0],
            Hint = texts[2],
            HttpStatus = numbers[3] % 3 == 0 ? null : numbers[3],
            VerdictSince = times[2],
            CheckedAt = times[3],
            ProbedAt = times[15],
            ProvenVerdict = Member<Verdict>(numbers[3]),
            ProvenReason = Member<VerdictReason>(numbers[1]),
            ProvenHint = texts[3],
            ProvenAt = times[4],
            InconclusiveSince = times[12],
            WrongEndpointSince = times[13],
            AcceptedAt = times[5],
            RejectedSince = times[6],
            Rejections = numbers[2],
            LastRejectionAt = times[7],
            ExpiresAt = times[8],
            ExpirySource = Member<ExpirySource>(numbers[2]),
            FileExpiry = times[14],
            DeclaredExpiry = times[9],
            WaitingExpiry = times[10],
            Account = texts[1],
            Models = models,
            Locations = [.. locations],
            Defect = Member<SecretDefect>(numbers[3]),
            ForeignFormat = texts[4],
            IsMissing = numbers[0] % 2 == 0,
            NextCheckAt = times[11],
        };

    private static TEnum Member<TEnum>(int number)
        where TEnum : struct, Enum => Enum.GetValues<TEnum>()[number % Enum.GetValues<TEnum>().Length];
}
