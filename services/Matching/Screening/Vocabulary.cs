// The words of the field are those that the contracts publish; the facts and messages built of them are not shared (a message may change without history).
global using Band = ImageRights.Contracts.Matching.V1.Band;
global using Bank = ImageRights.Contracts.Matching.V1.Bank;
global using Commonness = ImageRights.Contracts.Matching.V1.Commonness;
global using Disposition = ImageRights.Contracts.Matching.V1.Disposition;
global using MatchClass = ImageRights.Contracts.Matching.V1.MatchClass;
global using Orientation = ImageRights.Contracts.Fingerprint.V1.Orientation;
global using PictureRole = ImageRights.Contracts.Fingerprint.V1.PictureRole;
global using Surface = ImageRights.Contracts.Ingestion.V1.Surface;
global using Verdict = ImageRights.Contracts.Matching.V1.ScreeningVerdict;
