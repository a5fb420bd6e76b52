// The stop words of the other languages, without marks, as folding leaves them.

extension StopWords {
  static let german = """
    aber alle allem allen aller alles als also am an ander andere anderen auch auf aus bei beim bin bis \
    bist da damit dann das dass dein deine dem den denn der des dich die dies diese diesem diesen \
    dieser dieses dir doch dort du durch ein eine einem einen einer eines er es etwas euch euer eure \
    fur gegen hab habe haben hat hatte hatten hier hin hinter ich ihm ihn ihnen ihr ihre ihrem ihren \
    ihrer im in indem ins ist ja jede jedem jeden jeder jedes jetzt kann kein keine keinen konnen \
    konnte mal man mein meine meinem meinen meiner mich mir mit muss musste nach nicht nichts noch nun \
    nur ob oder ohne sehr sein seine seinem seinen seiner seit sich sie sind so soll sollte sondern \
    uber um und uns unser unsere unter viel vom von vor war waren warum was weg weil weiter welche \
    welcher wenn wer werde werden wie wieder will wir wird wo wollen wurde wurden zu zum zur zwar \
    zwischen
    """

  static let spanish = """
    a al algo algunas algunos ante antes aqui asi aun aunque como con contra cual cuales cuando de del \
    desde donde dos durante e el ella ellas ellos en entre era eran eres es esa esas ese eso esos esta \
    estaba estaban estado estamos estan estar estas este esto estos estoy fue fueron ha habia haber \
    hace hacia han hasta hay he la las le les lo los mas me mi mis mucho muchos muy nada ni no nos \
    nosotros nuestra nuestro o os otra otras otro otros para pero poco por porque pues que quien \
    quienes se sea ser si sido sin sobre son soy su sus tal tambien tan tanto te tengo ti tiene tienen \
    todo todos tu tus un una unas uno unos usted ustedes y ya yo
    """

  static let french = """
    a ai ainsi alors apres au aucun aussi autre autres aux avaient avais avait avant avec avez avons \
    bien c car ce ceci cela celle celles celui ces cet cette ceux chez comme d dans de depuis des donc \
    dont du elle elles en encore entre est et etaient etais etait etant ete etes etre eu eux fait il \
    ils j je l la le les leur leurs lui m ma mais me meme mes mon n ne ni nos notre nous on ont ou par \
    pas peu peut plus pour pourquoi qu quand que quel quelle quelles quels qui s sa sans se sera ses si \
    sommes son sont sous suis sur t ta te tes toi ton tous tout toute toutes tres tu un une vos votre \
    vous y
    """

  static let portuguese = """
    a ainda ao aos apenas aquela aquele aquilo as ate com como da das de dela dele depois desse desta deste do dos e ela \
    elas ele eles em entre era eram essa essas esse esses esta estamos estao estar estas estava este \
    estes estou eu foi foram ha isso isto ja la lhe lhes mais mas me mesmo meu meus minha minhas muito \
    muitos na nao nas nem no nos nossa nosso num numa o os ou para pela pelas pelo pelos por porque \
    quais qual quando que quem se seja sem ser sera seu seus so sobre sua suas tambem te tem tenho ter \
    tinha todo todos tu tua um uma umas uns voce voces
    """
}
