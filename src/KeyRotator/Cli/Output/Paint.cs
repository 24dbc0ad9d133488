namespace KeyRotator.Cli.Output;

/// <summary>A colour of the terminal's own palette. Never the only sign of anything.</summary>
internal enum Colour
{
    /// <summary>As the terminal writes.</summary>
    None = 0,

    /// <summary>Bad.</summary>
    Red = 31,

    /// <summary>Good.</summary>
    Green = 32,

    /// <summary>Uncertain.</summary>
    Yellow = 33,
}

/// <summary>Puts colour around text, or leaves it alone.</summary>
internal readonly record struct Paint(bool IsEnabled)
{
    /// <summary>The text in a colour.</summary>
    public string Apply(string text, Colour colour) =>
        IsEnabled && colour is not Colour.None ? $"\u001b[{(int)colour}m{text}\u001b[0m" : text;
}
