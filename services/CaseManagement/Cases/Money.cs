namespace ImageRights.CaseManagement.Cases;

/// <summary>What can be paid in a currency.</summary>
public static class Money
{
    /// <summary>Larger sums are taken for a slip of the pen.</summary>
    public const decimal Largest = 1_000_000_000_000m;

    // ISO 4217 list one, active currencies; funds, metals and test codes are no means of payment.
    private static readonly HashSet<string> Currencies = [.. (
        "AED AFN ALL AMD AOA ARS AUD AWG AZN BAM BBD BDT BHD BIF BMD BND BOB BRL BSD BTN BWP BYN BZD CAD CDF CHF CLP CNY COP CRC CUP CVE CZK " +
        "DJF DKK DOP DZD EGP ERN ETB EUR FJD FKP GBP GEL GHS GIP GMD GNF GTQ GYD HKD HNL HTG HUF IDR ILS INR IQD IRR ISK JMD JOD JPY KES KGS " +
        "KHR KMF KPW KRW KWD KYD KZT LAK LBP LKR LRD LSL LYD MAD MDL MGA MKD MMK MNT MOP MRU MUR MVR MWK MXN MYR MZN NAD NGN NIO NOK NPR NZD " +
        "OMR PAB PEN PGK PHP PKR PLN PYG QAR RON RSD RUB RWF SAR SBD SCR SDG SEK SGD SHP SLE SOS SRD SSP STN SVC SYP SZL THB TJS TMT TND TOP " +
        "TRY TTD TWD TZS UAH UGX USD UYU UZS VES VND VUV WST XAF XCD XCG XOF XPF YER ZAR ZMW ZWG").Split(' ')];

    private static readonly HashSet<string> WithoutMinorUnit = [.. "BIF CLP DJF GNF ISK JPY KMF KRW PYG RWF UGX VND VUV XAF XOF XPF".Split(' ')];
    private static readonly HashSet<string> WithThousandths = [.. "BHD IQD JOD KWD LYD OMR TND".Split(' ')];

    /// <summary>Whether ISO 4217 lists the code as a currency in use.</summary>
    public static bool IsCurrency(string code) => Currencies.Contains(code);

    /// <summary>Whether the amount is 0 or more and has no digits below the currency's minor unit.</summary>
    public static bool IsPayable(decimal amount, string currency)
    {
        var digits = WithoutMinorUnit.Contains(currency) ? 0 : WithThousandths.Contains(currency) ? 3 : 2;
        return amount is >= 0 and <= Largest && decimal.Round(amount, digits) == amount;
    }
}
