"""Frequent words by which languages in Latin letters are told apart; written for this package.

English has more of them, for it is what short texts are most often in: common words of feeling are
evidence too. The others have function words. Hindi is here as it is typed in Latin letters.
"""

WORDS: dict[str, str] = {
    "en": """
        a i an the of and to in is it he you that was for on are with as his they be at this have
        from or had by not but what all were we when your can said there use each which she do how
        their if will up other about out many then them these so some her would make like him into
        time has look two more write go see no way could people my than first been call who its now
        find long down day did get come made may part over new take only little work know place year
        live me back give most very after thing our just name good great bad best better worst worse
        love loved hate hated happy sad angry movie film book food service nice really too much well
        don't can't won't didn't doesn't isn't wasn't i'm it's that's you're he's she's we're
        they're i've i'd i'll you'll dont cant im ive thats never ever always again still even also
        because why where here any every something nothing everything someone think feel feeling
        want need got going gonna wanna one off right today tomorrow tonight morning night week
        thanks thank please sorry hello hey oh yes yeah yep nope ok okay wow lol omg wtf haha
        awesome amazing awful terrible horrible perfect wonderful beautiful ugly boring funny fun
        cool stupid old big small last next ago should might must does being those own same through
        before between both few such while against during without under around however though until
        man men woman girl boy guy guys friend friends home house school family life world money
        game play watch watching read reading let us cannot keep kind hope wish miss tell told makes
        looks enough pretty quite almost already another away since sure lot lots things left s
        c'mon end wait excellent brilliant poor disappointed recommend worth waste thought actually
        probably maybe story character characters acting action comedy drama performance
        performances mere male era care
        """,
    "fr": """
        l' d' c' j' n' s' qu' m' le la les des du un une et est en que qui dans pour pas sur au aux
        avec ce cette ces il elle ils elles nous vous je tu ne se sa son ses leur mais ou où plus
        par sont être était avoir a ai as ont c'est j'ai qu'il n'est d'un d'une l'on comme tout
        tous toute très bien fait faire moi toi lui si même aussi ça mon ma mes ton ta tes notre
        votre quand alors donc sans sous après avant encore rien jamais toujours merci bonjour oui
        non trop peu beaucoup quoi pourquoi chez entre depuis pendant suis es sommes êtes va vais
        vont peut veux j'aime c'était y'a là déjà via lors mdr ptdr jsuis qu'on n'a j'suis quel
        quelle
        """,
    "de": """
        echt mann leute gibt geht macht machen muss müssen soll will wollen sagt sagen glaub finde
        leben zeit jahre tag tage abend alle allem ohne zwei drei schön besser neue neuen neuer
        wegen dafür dazu dabei davon damit deren dessen jeder jede seit wieso stimmt genau weiter
        beim ins der die das und ist ich nicht ein eine einen einem einer zu den dem des mit sich
        auf für von im sie er es wir ihr war auch an als wie bei oder aus nach nur noch so wenn
        aber hat habe haben sind wird werden kann mir mich dich dir uns euch mein dein sein kein
        keine dass da schon mehr sehr gut über vor zum zur durch was wer wo doch mal jetzt heute
        immer nie wieder ja nein hier dann man bin bist hab nichts alles etwas viel danke bitte
        wurde würde dieser diese dieses gegen unter ganz vom am um weil leider ned nich isch warum
        gerade morgen wohl einfach erst endlich leute gratuliere achtung guten gute guter gutes
        tolle geil scheiß scheiss scheisse kommt kommen gehen hatte hätte könnte sollte meine meinen
        meiner meinem deine unser unsere seinen ihre ihren beste besten letzte letzten nächste
        nächsten erste ersten zweite uhr woche stadt deutschland arbeit wollte bekommen bekomme
        sieht sehen gesehen bleibt steht liegt klar ach naja tja boah keiner niemand jemand
        irgendwie eigentlich natürlich vielleicht wirklich überhaupt sowas diesmal jedoch sondern
        denn zurück zusammen zwischen während lieben viele vielen
        """,
    "es": """
        el la los las de del y que en un una unos unas es por con para no se su sus lo le les al
        como más pero mas o este esta esto ese esa eso estos ya muy sin sobre también me mi mis tu
        te ti nos yo él ella ellos ha han he hay ser soy eres son está están estoy fue era cuando
        porque si sí todo todos toda todas nada algo bien mal mejor donde desde hasta entre hoy
        ayer mañana siempre nunca gracias hola qué quien quién cómo así tan tiene tengo hacer puede
        quiero voy va vamos aquí solo gran vida cada otra otro q xq jajaja contigo conmigo día
        """,
    "it": """
        l' d' c' un' dell' all' nell' dall' sull' il lo la i gli le di del della dei delle dello un
        una uno e è che in per con non si su da dal dalla al alla nel nella ma come più anche se mi
        ti ci vi sono sei siamo ho hai ha hanno era questo questa questi quello quella io tu lui
        lei noi voi loro mio mia tuo sua suo molto bene male tutto tutti tutte cosa quando dove
        perché perchè chi già ancora sempre mai oggi ieri domani grazie ciao sì fare fatto essere
        solo poi così ora o ed quanto senza nn cmq xké dopo c'è cè po dell all l'ho un'altra sta
        sto stai vita può niente qui qualcosa
        """,
    "pt": """
        o a os as de do da dos das e que em um uma uns umas é no na nos nas por para com não nao se
        ao à mais mas como foi eu você voce vc ele ela eles elas meu minha seu sua isso isto esse
        essa este esta muito bem já também tem ter ser estar está estou são sou era quando porque
        pq tudo todos nada só até sem sobre pra pro hoje ontem amanhã sempre nunca obrigado
        obrigada quem onde agora aqui vou vai fazer nem depois mesmo dia gente vida tá né pelo pela
        lhe às meus minhas to ta tô tava q n kkkk cara melhor bom boa coisa ainda assim
        """,
    "nl": """
        de het een en van ik te dat die in is niet op aan met als voor er maar om hem dan zou of
        wat mijn men dit zo door over ze zich bij ook tot je mij uit der daar haar naar heb hoe
        heeft hebben deze u want nog zal me zij nu ge geen omdat iets worden toch al waren veel
        meer doen toen moet ben zonder kan hun dus alles onder ja eens hier wie werd altijd wordt
        wezen kunnen ons zelf tegen na reeds wil kon niets uw iemand geweest andere goed lekker
        heel erg echt wel
        """,
    "sv": """
        och det att i en jag hon som han på den med var sig för så till är men ett om hade de av
        icke mig du henne då sin nu har inte hans honom skulle hennes där min man ej vid kunde
        något från ut när efter upp vi dem vara vad över än dig kan sina här ha mot alla under
        någon eller allt mycket sedan ju denna själv detta åt utan varit hur ingen mitt ni bli blev
        oss din dessa bra
        """,
    "da": """
        og i jeg det at en den til er som på de med han af for ikke der var mig sig men et har om
        vi min havde ham hun nu over da fra du ud sin dem os op man hans hvor eller hvad skal selv
        her alle vil blev kunne ind når være dog noget ville jo deres efter ned skulle denne end
        dette mit også under have dig anden hende mine alt meget sit sine vor mod disse hvis din
        nogle
        """,
    "no": """
        og i jeg det at en et den til er som på de med han av ikke der så var meg seg men ett har
        om vi min mitt ha hadde hun nå over da ved fra du ut sin dem oss opp man kan hans hvor
        eller hva skal selv sjøl her alle vil bli ble blei blitt kunne inn når være kom noen noe
        ville dere deres kun ja etter ned skulle denne for deg si sine sitt mot å meget hvorfor
        dette
        """,
    "fi": """
        ja on ei se että en ole oli mutta kun niin hän ovat olen minä sinä mitä joka tai jos nyt
        kuin vain myös mua sua mun sun tämä tää sitä siitä koska vielä hyvä kyllä ihan olla olisi
        minun sinun meidän teidän heidän mikä kuka missä miksi aina sitten paljon voi jo ettei eikä
        """,
    "pl": """
        i w nie na się że z do to jest jak ale za co tak po od o dla jej czy przez już tylko być
        był była było ja ty on ona my wy oni mnie mi ci go jego ich tego tym ten ta te który która
        które może bardzo jeszcze gdy kiedy gdzie bo więc też nic wszystko jestem są mam ma masz
        dobrze
        """,
    "tr": """
        ve bir bu da de için çok ne ben sen o biz siz ama gibi daha var yok mi mı mu mü değil kadar
        her şey en ile olarak sonra bana sana beni seni şimdi iyi güzel nasıl neden niye olan oldu
        ki ya hiç bile diye artık böyle öyle evet hayır teşekkürler
        """,
    "id": """
        yang dan di ini itu dengan untuk tidak dari dalam akan pada juga saya ke karena tersebut
        bisa ada mereka lebih kata tahun sudah atau saat oleh menjadi orang ia telah adalah seperti
        kita kamu aku dia banyak sangat belum hanya tapi kalau apa gak nggak ga yg banget bagus
        lagi aja
        """,
    "ro": """
        și si de la în in cu nu pe o un că ca din este sunt care mai pentru a al ale lui ce se sa
        să fi fost dar sau dacă când cum foarte tot toate eu tu el ea noi voi ei mea mele ta am ai
        are au avem prin după până acest această asta bine unde nimic
        """,
    "cs": """
        a se v na je že to s z do o i ve za pro ale by si po tak jako co jsem jsou byl byla bylo
        jen už ne když jak nebo od já ty on ona my vy oni mě mi ti ho mu jeho její tento tato velmi
        není také více ještě být má mám děkuji dobře proč kde
        """,
    "hu": """
        a az és hogy nem is egy van ez azt csak de meg már ha volt mint még el ki le be fel nagyon
        én te ő mi ti ők engem neked neki ezt itt ott most lesz lett sem vagy mert amit aki ami jó
        minden igen köszönöm miért hogyan
        """,
    "vi": """
        và của là có không được cho một những với các này trong người đã khi tôi bạn rất đến ở như
        thì nhưng cũng lại ra nó vì sẽ đó nên mình anh em chị quá đi rồi gì
        """,
    "hi": """
        hai hain ka ki ke ko mein se nahi nahin aur bhi ye yeh wo woh kya kyu kyun ho hota raha
        rahi rahe tha thi kar karo karna liye tum hum aap mera meri mere tera teri tere apna apne
        apni koi kuch sab bahut bohot accha acha ab jab tab phir toh jo jai desh bhai yaar kab
        kaise matlab abhi gaya gayi gaye kal bas hua hui hoon rha rhe rhi kaha kahan kaun isko usko
        iske uske unka unke unki inka iska iski usse jis jisne wale wala wali krna krte krta kr
        karte karta karti karne raho rahega hoga hogi hoge huye diya gya gyi gye aaya aaye aaja jaye
        jata jate jaa dekho dekha dekh bola bata batao mujhe muje tujhe tumhe hame apka apki apko
        aapka aapki aapko yar paisa paise baat baar sath saath sabko sabhi saare bilkul sirf zyada
        jyada thoda thodi bhut bht bahot chal chalo chahiye pata kyon khud ek haan bhaiya accha
        achha nhi nhee
        """,
}

# Letters beyond a-z; one of them is as much evidence as a word.
LETTERS: dict[str, str] = {
    "fr": "éèêëàâçùûîïôœ",
    "de": "äöüß",
    "es": "áéíóúñ¿¡",
    "it": "àèéìòù",
    "pt": "ãõáâàçéêíóôú",
    "nl": "ëïé",
    "sv": "åäö",
    "da": "æøå",
    "no": "æøå",
    "fi": "äö",
    "pl": "ąćęłńóśźż",
    "tr": "çğıöşü",
    "ro": "ăâîșțşţ",
    "cs": "áčďéěíňóřšťúůýž",
    "hu": "áéíóöőúüű",
    "vi": "ăâđêôơưạảấầẩẫậắằẵặẹẻẽếềểễệỉịọỏốồổỗộớờởỡợụủứừửữựỳỷỹ",
}
