// The words that turn what stands beside them into a secret, in the languages that support speaks most.

/// What a word says about its neighbours.
enum GateWord: Hashable, Sendable {
  /// A password follows.
  case password
  /// Four to eight digits of a PIN follow.
  case pin
  /// The three or four digits on the back of a card follow.
  case cardCode
  /// A long random text is a secret.
  case secret
  /// A number is that of a card.
  case card
  /// A number is one of the house's own.
  case reference
  /// Number of `NationalID.all`; nil for any of them.
  case nationalID(Int?)
  /// Number of `SecretFormats.allNamed`.
  case company(Int)

  /// In small letters; a space stands for one, for `_`, `-`, or nothing between.
  static let all: [(word: GateWord, texts: String)] = [
    (
      .password,
      "password, passwd, passwort, kennwort, passphrase, passcode, pwd, contraseña, contrasenya, clave, mot de passe, mdp, senha, palavra passe, wachtwoord, parola, hasło, lösenord, salasana, şifre, пароль"
    ),
    (.pin, "pin, pin code, pin number, geheimzahl, code pin, codigo pin"),
    (
      .cardCode,
      "cvv, cvv2, cvc, cvc2, csc, cid code, card security code, security code, prüfnummer, prüfziffer"
    ),
    (
      .secret,
      "api key, apikey, api token, api secret, secret, secret key, access key, access token, auth token, auth key, client secret, token, bearer, authorization, credential, credentials, signing key, webhook secret, private key, session token, refresh token, encryption key, license key, schlüssel, jeton, ficha, key, pat"
    ),
    (
      .card,
      "card, credit, debit, visa, mastercard, amex, american express, diners, discover, maestro, karte, kreditkarte, kartennummer, tarjeta, carte, cartao, carta, kaart, pan number, card number"
    ),
    (
      .reference,
      "order, tracking, track, invoice, reference, ref, ticket, transaction, shipment, parcel, serial, imei, sku, case, confirmation, booking, reservation, bestellung, rechnung, sendung, pedido, factura, commande, facture, ean, isbn, barcode, id, phone, tel, telephone, account, device, model, timestamp, epoch, part"
    ),
    (
      .nationalID(nil),
      "national id, identity number, identity card, id number, id card, personal id, personal number, identification number, ausweisnummer, tax id, tax number, taxpayer"
    ),
  ]
}
