namespace KeyRotator.Providers;

/// <summary>Random text for keys that never existed.</summary>
internal static class MadeUp
{
    public const string Digits = "0123456789";
    public const string Hex = "0123456789abcdef";
    public const string LowerAndDigits = "abcdefghijklmnopqrstuvwxyz0123456789";
    public const string Letters = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz";
    public const string LettersAndDigits = Letters + Digits;
    public const string UrlSafe = LettersAndDigits + "-_";

    /// <summary>So many characters of the alphabet.</summary>
    public static string Text(Random random, string alphabet, int length) => new(random.GetItems<char>(alphabet, length));
}
